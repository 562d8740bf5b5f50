package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os/signal"
	"syscall"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/app"
	"github.com/isoc-project/isoc/internal/config"
	"github.com/isoc-project/isoc/internal/telemetry"
)

// runServe starts the product and runs it until the process is told to end; told so again, it ends at once, which loses nothing
// that was acknowledged. What it listens on and that it is ready goes to standard output, for people and for the scripts that
// start it; its log goes to standard error.
func runServe(ctx context.Context, env environment, args []string) error {
	cfg, err := config.Load(args, env.environ, env.help)
	if errors.Is(err, flag.ErrHelp) {
		return err
	}
	if err != nil {
		return &misuseError{env.describe(err)}
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	defer context.AfterFunc(ctx, stop)() // the next signal is the system's to handle
	a, err := app.New(ctx, cfg, app.Build{Version: version, Commit: commit, Language: env.lang}, telemetry.NewLogger(env.err, cfg.Log.Level, cfg.Log.Format))
	if err != nil {
		return err
	}
	return a.Run(ctx, func(at app.Addresses) {
		if at.AdminPassword != "" {
			fmt.Fprintln(env.out, env.text("first run", at.HTTP, identity.FirstAdmin, at.AdminPassword))
		}
		if at.Syslog != "" {
			fmt.Fprintln(env.out, "syslog "+at.Syslog) // fixed words, these four: scripts wait for them
		}
		if at.SyslogTLS != "" {
			fmt.Fprintln(env.out, "syslog-tls "+at.SyslogTLS)
		}
		if at.NetFlow != "" {
			fmt.Fprintln(env.out, "netflow "+at.NetFlow)
		}
		fmt.Fprintln(env.out, "ready http://"+at.HTTP)
	})
}
