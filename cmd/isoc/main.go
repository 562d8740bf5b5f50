// Command isoc is the whole product in one binary: `isoc serve` runs it, the other commands work on pipes or on its data.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	_ "time/tzdata" // sources name time zones; a minimal host has none on disk

	"github.com/isoc-project/isoc/internal/telemetry/hush"
)

// version and commit are set by the build (make build).
var (
	version = "dev"
	commit  = "unknown"
)

// command is one subcommand. run returns the process's exit error; flag.ErrHelp means that help was asked for and given.
type command struct {
	name string
	run  func(ctx context.Context, env environment, args []string) error
}

func commands() []command {
	return []command{
		{"serve", runServe},
		{"parse", runParse},
		{"pcap", runPcap},
		{"detect", runDetect},
		{"content", runContent},
		{"audit", runAudit},
		{"version", runVersion},
	}
}

func main() {
	hush.End()
	env := environment{in: os.Stdin, out: os.Stdout, err: os.Stderr, environ: os.Environ()}
	env.lang = language(env.environ)
	os.Exit(execute(context.Background(), env, os.Args[1:]))
}

// execute runs one command line and returns the exit code: 0 done, 1 failed, 2 not understood.
func execute(ctx context.Context, env environment, args []string) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		fmt.Fprint(env.err, env.text("usage"))
		if len(args) == 0 {
			return 2
		}
		return 0
	}
	for _, c := range commands() {
		if c.name != args[0] {
			continue
		}
		err := c.run(ctx, env, args[1:])
		var misuse *misuseError
		switch {
		case err == nil, errors.Is(err, flag.ErrHelp):
			return 0
		case errors.As(err, &misuse):
			fmt.Fprintln(env.err, "isoc "+c.name+": "+err.Error())
			fmt.Fprintln(env.err, env.text("usage."+c.name))
			return 2
		case errors.Is(err, errReported):
			return 1
		default:
			fmt.Fprintln(env.err, "isoc "+c.name+": "+env.describe(err))
			return 1
		}
	}
	fmt.Fprintln(env.err, env.text("unknown command", args[0]))
	fmt.Fprint(env.err, env.text("usage"))
	return 2
}

func runVersion(_ context.Context, env environment, _ []string) error {
	_, err := fmt.Fprintf(env.out, "isoc %s (%s)\n", version, commit)
	return err
}
