package main

import (
	"context"
	"flag"
	"io"
	"os"
	"strings"

	"github.com/isoc-project/isoc/internal/flow/detect/replay"
)

// paths is a flag that may be given more than once.
type paths []string

func (p *paths) String() string { return strings.Join(*p, ",") }

func (p *paths) Set(v string) error { *p = append(*p, v); return nil }

// runDetect matches events against folders of rules and writes one JSON object a hit.
func runDetect(ctx context.Context, env environment, args []string) error {
	fs := flag.NewFlagSet("detect", flag.ContinueOnError)
	var rules paths
	fs.Var(&rules, "rules", "folder or file of Sigma rules; may be repeated")
	events := fs.String("events", "-", "JSON lines, plain or gzip; - reads standard input")
	all := fs.Bool("all-rules", false, "every rule on every event instead of those of its log source")
	stats := fs.Bool("stats", false, "one JSON object of figures on standard error")
	explain := fs.Bool("explain", false, "list refused rules with reasons on standard error")
	// `--rules A B` is as good as `--rules A --rules B`.
	if err := env.parseFlags(fs, spreadRules(args), 0); err != nil {
		return err
	}
	if len(rules) == 0 {
		return &misuseError{env.text("rules missing")}
	}
	o := replay.Options{RuleDirs: rules, Events: env.in, AllRules: *all, Out: env.out}
	if *events != "-" {
		f, err := os.Open(*events)
		if err != nil {
			return err
		}
		defer f.Close()
		o.Events = f
	}
	for _, w := range []struct {
		on bool
		to *io.Writer
	}{{*stats, &o.Stats}, {*explain, &o.Explain}} {
		if w.on {
			*w.to = env.err
		}
	}
	_, err := replay.Run(ctx, o)
	return err
}

// spreadRules repeats --rules before each further folder that follows it.
func spreadRules(args []string) []string {
	var out []string
	following := false
	for _, a := range args {
		isFlag := strings.HasPrefix(a, "-") && a != "-"
		switch {
		case isFlag:
			following = false
		case following && len(out) > 0 && out[len(out)-1] != "--rules" && out[len(out)-1] != "-rules":
			out = append(out, "--rules")
		}
		if a == "--rules" || a == "-rules" || strings.HasPrefix(a, "--rules=") || strings.HasPrefix(a, "-rules=") {
			following = true
		}
		out = append(out, a)
	}
	return out
}
