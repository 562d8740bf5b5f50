package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/isoc-project/isoc/internal/app"
	"github.com/isoc-project/isoc/internal/telemetry"
)

// runContent imports a folder or ZIP of Sigma rules straight into the database. A running product notices within seconds.
func runContent(ctx context.Context, env environment, args []string) error {
	if len(args) == 0 || args[0] != "import" {
		return &misuseError{env.text("content verb")}
	}
	fs := flag.NewFlagSet("content", flag.ContinueOnError)
	db := databaseFlags(fs)
	name := fs.String("name", "", "name of the pack; empty takes the folder's or file's")
	if err := env.parseFlags(fs, args[1:], 1); err != nil {
		return err
	}
	path := fs.Arg(0)
	if *name == "" {
		base := filepath.Base(filepath.Clean(path))
		*name = strings.TrimSuffix(base, filepath.Ext(base))
	}
	if db.dsn == "" {
		if err := os.MkdirAll(db.data, 0o700); err != nil {
			return err
		}
	}
	done, err := app.ImportContent(ctx, db.data, db.dsn, *name, path, telemetry.NewLogger(env.err, "warn", "text"))
	if err != nil {
		return err
	}
	fmt.Fprintln(env.out, env.text("imported", done.Pack.Name, done.Pack.Version, done.Pack.Rules, done.Pack.Refused))
	for _, r := range done.Refusals {
		fmt.Fprintln(env.out, env.text("refused", r.File, r.Reason))
	}
	return nil
}
