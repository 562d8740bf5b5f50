package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"
)

// postgresConns bounds the pool of one process.
const postgresConns = 16

func openPostgres(ctx context.Context, dsn string, log *slog.Logger) (*Store, error) {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return nil, fmt.Errorf("open postgres: %w", err)
	}
	db.SetMaxOpenConns(postgresConns)
	db.SetMaxIdleConns(postgresConns)
	db.SetConnMaxIdleTime(5 * time.Minute)
	var bypasses bool
	err = db.QueryRowContext(ctx, `SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user`).Scan(&bypasses)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open postgres: %w", unreachable(err)), db.Close())
	}
	if bypasses {
		log.Warn("the database role bypasses row-level security; use a role without SUPERUSER and BYPASSRLS")
	}
	return &Store{engine: enginePostgres, write: db, read: db, log: log}, nil
}

// UnreachableError says that the database server does not answer or does not let us in. Err is the driver's error.
type UnreachableError struct {
	Server string // host:port, or the folder of a socket
	Err    error
}

// Error is the driver's own, which names user, database and server, never the password.
func (e *UnreachableError) Error() string { return e.Err.Error() }

// Unwrap returns the driver's error.
func (e *UnreachableError) Unwrap() error { return e.Err }

// unreachable tells errors of connecting from all others.
func unreachable(err error) error {
	var c *pgconn.ConnectError
	if !errors.As(err, &c) {
		return err
	}
	return &UnreachableError{Server: net.JoinHostPort(c.Config.Host, strconv.Itoa(int(c.Config.Port))), Err: err}
}
