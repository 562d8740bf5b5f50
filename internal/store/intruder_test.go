package store_test

import (
	"database/sql"
	"testing"
)

// intrude runs a statement past the store, as someone with the database in his hands would.
func intrude(t *testing.T, b bench, statement string) {
	t.Helper()
	db := b.open(t)
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// count returns the one number a query past the store yields.
func count(t *testing.T, b bench, query string) (n int64) {
	t.Helper()
	if err := b.open(t).QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func (b bench) open(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open(b.driver, b.intruder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return db
}
