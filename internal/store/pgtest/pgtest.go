package pgtest

import (
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"net/url"
	"os"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"
)

// Server is a PostgreSQL server that makes databases for tests.
type Server struct {
	admin string // DSN of a role that may create roles and databases
}

// Start returns the server that ISOC_TEST_POSTGRES names (a DSN whose role may create roles and databases), else a cluster
// of the test's own, made with the PostgreSQL programs of this machine and stopped when the test ends. Where neither
// exists the test is skipped, or fails if ISOC_TEST_REQUIRE contains "postgres".
func Start(t testing.TB) *Server {
	t.Helper()
	if admin := os.Getenv("ISOC_TEST_POSTGRES"); admin != "" {
		return &Server{admin: admin}
	}
	bin, ok := programs()
	if !ok {
		missing(t)
	}
	return &Server{admin: cluster(t, bin)}
}

// Database returns the DSN of an empty database owned by a plain role, neither superuser nor exempt from row-level
// security, and the DSN of the server's administrator on the same database. All is dropped when the test ends.
func (s *Server) Database(t testing.TB) (dsn, admin string) {
	t.Helper()
	return provision(t, s.admin)
}

func missing(t testing.TB) {
	t.Helper()
	const text = "no PostgreSQL: ISOC_TEST_POSTGRES is not set and no server programs are installed"
	if strings.Contains(os.Getenv("ISOC_TEST_REQUIRE"), "postgres") {
		t.Fatal(text)
	}
	t.Skip(text)
}

func provision(t testing.TB, admin string) (dsn, adminDSN string) {
	t.Helper()
	u, err := url.Parse(admin)
	if err != nil {
		t.Fatalf("parse ISOC_TEST_POSTGRES: %v", err)
	}
	db, err := sql.Open("pgx", admin)
	if err != nil {
		t.Fatalf("open PostgreSQL: %v", err)
	}
	name, password := "isoc_test_"+random(), random()
	for _, st := range []string{
		"CREATE ROLE " + name + " LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '" + password + "'",
		"GRANT " + name + " TO current_user",
		"CREATE DATABASE " + name + " OWNER " + name,
	} {
		if _, err := db.Exec(st); err != nil {
			t.Fatalf("%s: %v", st, err)
		}
	}
	t.Cleanup(func() {
		for _, st := range []string{"DROP DATABASE IF EXISTS " + name + " WITH (FORCE)", "DROP ROLE IF EXISTS " + name} {
			if _, err := db.Exec(st); err != nil {
				t.Errorf("%s: %v", st, err)
			}
		}
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	u.Path = "/" + name
	adminDSN = u.String()
	u.User = url.UserPassword(name, password)
	return u.String(), adminDSN
}

func random() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
