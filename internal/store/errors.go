package store

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/isoc-project/isoc/internal/fault"
)

// translate adds the [fault] sentinel a driver's error stands for; the driver's error stays in the chain.
func translate(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return fault.ErrNotFound
	case uniqueViolation(err) != "":
		return fmt.Errorf("%w: %w", fault.ErrConflict, err)
	case lockedOut(err):
		return fmt.Errorf("%w: %w", fault.ErrConflict, err)
	case cannotWork(err):
		return fmt.Errorf("%w: %w", fault.ErrUnavailable, err)
	case notText(err):
		return fmt.Errorf("%w: %w", fault.ErrInvalid, err)
	}
	return err
}

// lockedOut reports whether PostgreSQL ended the transaction because two waited for each other. What it was to do may be tried again.
func lockedOut(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40P01" || pg.Code == "40001")
}

// notText reports whether err says that a text cannot be kept: PostgreSQL takes no NUL and only UTF-8, SQLite anything.
func notText(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "22021" || pg.Code == "22P05")
}

// taken is [translate], but names the field where err says that one of the columns is in use already.
// Fields maps a column's name to the value that was to be written; the API calls the field the same.
func taken(err error, fields map[string]string) error {
	if where := uniqueViolation(err); where != "" {
		for column, value := range fields {
			if strings.Contains(where, column) {
				return &fault.Taken{Field: column, Value: value}
			}
		}
	}
	return translate(err)
}

// uniqueViolation names the constraint or columns that err says must be unique, or returns "".
func uniqueViolation(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "23505" {
		return pg.ConstraintName + " "
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) && (lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY) {
		return lite.Error()
	}
	return ""
}

// cannotWork reports whether the engine cannot do anything just now: full disk, lost connection, shutting down.
func cannotWork(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return strings.HasPrefix(pg.Code, "53") || strings.HasPrefix(pg.Code, "08") || strings.HasPrefix(pg.Code, "57P")
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() & 0xff {
		case sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN:
			return true
		}
		return false
	}
	var connect *pgconn.ConnectError
	return errors.As(err, &connect) || errors.Is(err, sql.ErrConnDone)
}
