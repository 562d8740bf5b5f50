package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/isoc-project/isoc/internal/app"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/telemetry"
)

// runAudit verifies audit chains straight from the database, whether or not the product runs. It fails when any chain is broken.
func runAudit(ctx context.Context, env environment, args []string) error {
	if len(args) == 0 || args[0] != "verify" {
		return &misuseError{env.text("audit verb")}
	}
	flags := flag.NewFlagSet("audit", flag.ContinueOnError)
	db := databaseFlags(flags)
	only := flags.String("tenant", "", "slug or id; empty for every chain")
	if err := env.parseFlags(flags, args[1:], 0); err != nil {
		return err
	}
	if err := db.check(env); err != nil {
		return err
	}
	chains, err := app.VerifyAudit(ctx, db.data, db.dsn, *only, telemetry.NewLogger(env.err, "warn", "text"))
	if errors.Is(err, fault.ErrNotFound) {
		return errors.New(env.text("no tenant", *only))
	}
	if err != nil {
		return err
	}
	if len(chains) == 0 {
		fmt.Fprintln(env.out, env.text("chain none"))
	}
	broken := false
	for _, c := range chains {
		name := c.Slug
		if name == "" {
			name = env.text("chain platform")
		}
		if c.OK {
			fmt.Fprintln(env.out, env.text("chain intact", name, c.Entries))
			continue
		}
		broken = true
		fmt.Fprintln(env.out, env.text("chain broken", name, c.BrokenSeq, c.Reason))
	}
	if broken {
		return errReported
	}
	return nil
}

// database is where a command finds the tables.
type database struct{ data, dsn string }

func databaseFlags(flags *flag.FlagSet) *database {
	d := &database{}
	flags.StringVar(&d.data, "data", envOr("ISOC_DATA", "data"), "data directory")
	flags.StringVar(&d.dsn, "database-dsn", os.Getenv("ISOC_DATABASE_DSN"), "postgres://… instead of SQLite in the data directory")
	return d
}

// check refuses to make an empty database where none is.
func (d *database) check(env environment) error {
	if d.dsn != "" {
		return nil
	}
	_, err := os.Stat(filepath.Join(d.data, "isoc.db"))
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New(env.text("no database", d.data))
	}
	return err
}

func envOr(name, fallback string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return fallback
}
