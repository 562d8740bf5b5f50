package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/isoc-project/isoc/internal/app"
	"github.com/isoc-project/isoc/internal/config"
	"github.com/isoc-project/isoc/internal/telemetry"
)

// runServe starts the product and runs it until the process is told to end. What it listens on and that it is ready
// goes to standard output, for people and for the scripts that start it; its log goes to standard error.
func runServe(ctx context.Context, env environment, args []string) error {
	var help strings.Builder
	cfg, err := config.Load(args, env.environ, &help)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(env.err, env.text("usage.serve"))
		_, err := io.WriteString(env.err, help.String())
		return err
	}
	if err != nil {
		return &misuseError{err.Error()}
	}
	a, err := app.New(ctx, cfg, app.Build{Version: version, Commit: commit}, telemetry.NewLogger(env.err, cfg.Log.Level, cfg.Log.Format))
	if err != nil {
		return err
	}
	return a.Run(ctx, func(at app.Addresses) {
		if at.AdminPassword != "" {
			fmt.Fprintln(env.out, env.text("admin password", "admin", at.AdminPassword))
		}
		if at.Syslog != "" {
			fmt.Fprintln(env.out, "syslog "+at.Syslog) // fixed words, these two: scripts wait for them
		}
		fmt.Fprintln(env.out, "ready http://"+at.HTTP)
	})
}
