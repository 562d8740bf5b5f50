package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate applies the numbered migrations that are missing, then puts every tenant table under guard.
func (s *Store) migrate(ctx context.Context) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	dialect, opts, err := s.gooseOptions()
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(dialect, s.write, dir, opts...)
	if err != nil {
		return fmt.Errorf("load migrations: %w", err)
	}
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if current > target {
		return fmt.Errorf("the schema is at version %d, this program knows only %d: use a newer program", current, target)
	}
	done, err := p.Up(ctx)
	if err != nil {
		return err
	}
	for _, m := range done {
		s.log.Info("schema migrated", "version", m.Source.Version, "duration_ms", m.Duration.Milliseconds())
	}
	if s.engine == enginePostgres {
		return s.guardTenantTables(ctx)
	}
	return nil
}

// gooseOptions picks the dialect; on PostgreSQL several processes may start at once, so migrating takes a lock.
func (s *Store) gooseOptions() (goose.Dialect, []goose.ProviderOption, error) {
	if s.engine == engineSQLite {
		return goose.DialectSQLite3, nil, nil
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return "", nil, fmt.Errorf("prepare migration lock: %w", err)
	}
	return goose.DialectPostgres, []goose.ProviderOption{goose.WithSessionLocker(locker)}, nil
}
