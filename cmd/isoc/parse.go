package main

import (
	"context"
	"flag"

	"github.com/isoc-project/isoc/internal/flow/parse"
)

// runParse writes the ECS events of the records on standard input, by the same code as the pipeline.
func runParse(_ context.Context, env environment, args []string) error {
	fs := flag.NewFlagSet("parse", flag.ContinueOnError)
	explain := fs.Bool("explain", false, "add the steps taken to each event")
	auto := fs.Bool("auto", false, "parser packs off, the automatic parser alone")
	if err := env.parseFlags(fs, args, 0); err != nil {
		return err
	}
	return parse.Stream(env.in, env.out, nil, *explain, *auto)
}
