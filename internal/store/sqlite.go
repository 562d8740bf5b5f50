package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

// sqliteFile is the name of the database inside the data directory.
const sqliteFile = "isoc.db"

// sqliteReaders is how many connections read at once; more only contend for the page cache.
const sqliteReaders = 8

// sqlitePragmas hold on every connection. FULL makes a committed transaction survive power loss, which the
// alert ledger relies on when the queue forgets a batch.
func sqlitePragmas() []string {
	return []string{
		"busy_timeout(10000)", // ms; another process may hold the file during a backup
		"journal_mode(WAL)",
		"synchronous(FULL)",
		"foreign_keys(1)",
		"temp_store(MEMORY)",
		"cache_size(-16384)", // KiB a connection
	}
}

func openSQLite(ctx context.Context, o Options, log *slog.Logger) (*Store, error) {
	path, err := filepath.Abs(filepath.Join(o.Dir, sqliteFile)) // a relative path would be taken for a host in the URI
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if err := prepareFile(path, o.Existing); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	write, err := sql.Open("sqlite", sqliteDSN(path, "_txlock", "immediate"))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	if err := write.PingContext(ctx); err != nil { // creates the file and switches it to WAL before anyone reads
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), write.Close())
	}
	read, err := sql.Open("sqlite", sqliteDSN(path, "_pragma", "query_only(1)"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s for reading: %w", path, err), write.Close())
	}
	read.SetMaxOpenConns(sqliteReaders)
	read.SetMaxIdleConns(sqliteReaders)
	return &Store{engine: engineSQLite, write: write, read: read, log: log}, nil
}

// prepareFile makes the file, unless it must exist, before SQLite does: readable by its owner alone. SQLite gives its side
// files the same mode.
func prepareFile(path string, existing bool) error {
	if existing {
		_, err := os.Stat(path)
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func sqliteDSN(path, key, value string) string {
	q := url.Values{}
	for _, p := range sqlitePragmas() {
		q.Add("_pragma", p)
	}
	q.Add(key, value)
	u := url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}
	return u.String()
}
