package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

//go:generate go tool -modfile=../../tools/go.mod sqlc generate -f ../../sqlc.yaml

// Options say where the store keeps its tables.
type Options struct {
	// DSN is a PostgreSQL URL ("postgres://…"). Empty means SQLite in the file Dir/isoc.db.
	DSN string
	Dir string
	// Existing refuses with fs.ErrNotExist to make a SQLite database where there is none, for commands that only look.
	Existing bool
	Logger   *slog.Logger // nil for slog.Default
}

// ErrDSN says that a DSN is for no database that the store speaks to.
var ErrDSN = errors.New("open store: the DSN must begin with postgres://")

// engine is which SQL engine is spoken to.
type engine string

const (
	engineSQLite   engine = "sqlite"
	enginePostgres engine = "postgres"
)

// Store is an open database whose schema is current. It is safe for concurrent use.
type Store struct {
	engine engine
	write  *sql.DB // on SQLite exactly one connection, so writers queue up instead of colliding
	read   *sql.DB // on SQLite read-only connections; on PostgreSQL the same pool as write
	log    *slog.Logger
}

// Open connects, brings the schema up to date and returns the store. It fails rather than run on a newer schema.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	log := o.Logger.With("component", "store")
	s, err := connect(ctx, o, log)
	if err != nil {
		return nil, err
	}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("migrate %s: %w", s.engine, err), s.Close())
	}
	if err := s.fillAlerts(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("fill in alerts from before: %w", err), s.Close())
	}
	if err := s.fillRules(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("fill in the rules of alerts from before: %w", err), s.Close())
	}
	return s, nil
}

func connect(ctx context.Context, o Options, log *slog.Logger) (*Store, error) {
	switch {
	case o.DSN == "" && o.Dir != "":
		return openSQLite(ctx, o, log)
	case strings.HasPrefix(o.DSN, "postgres://"), strings.HasPrefix(o.DSN, "postgresql://"):
		return openPostgres(ctx, o.DSN, log)
	case o.DSN == "":
		return nil, errors.New("open store: neither DSN nor directory given")
	default:
		return nil, ErrDSN
	}
}

// Close waits for running statements and closes all connections.
func (s *Store) Close() error {
	if s.read == s.write {
		return s.write.Close()
	}
	return errors.Join(s.read.Close(), s.write.Close())
}

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.read.PingContext(ctx); err != nil {
		return fmt.Errorf("ping store: %w", translate(err))
	}
	return nil
}

// Stats is how the store is, for health pages.
type Stats struct {
	Version string // of the engine
	Bytes   int64  // of the database on disk, without what the engine keeps beside it
}

// Stats asks the engine.
func (s *Store) Stats(ctx context.Context) (Stats, error) {
	text := `SELECT sqlite_version(), page_count * page_size FROM pragma_page_count(), pragma_page_size()`
	if s.engine == enginePostgres {
		text = `SELECT split_part(current_setting('server_version'), ' ', 1), pg_database_size(current_database())`
	}
	var out Stats
	if err := s.read.QueryRowContext(ctx, text).Scan(&out.Version, &out.Bytes); err != nil {
		return Stats{}, fmt.Errorf("store stats: %w", translate(err))
	}
	return out, nil
}

// Engine returns "sqlite" or "postgres".
func (s *Store) Engine() string { return string(s.engine) }
