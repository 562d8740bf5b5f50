package store_test

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/isoc-project/isoc/internal/store"
	"github.com/isoc-project/isoc/internal/store/pgtest"
	"github.com/isoc-project/isoc/internal/tenant"
)

// TestRowLevelSecurity looks at the tables with the very role the product logs in as, but past its doors.
func TestRowLevelSecurity(t *testing.T) {
	t.Parallel()
	dsn, admin := pgtest.Start(t).Database(t)
	o := store.Options{DSN: dsn, Logger: slog.New(slog.DiscardHandler)}
	b := bench{openStore(t, o), o, "pgx", admin}
	one, two := newTenant(t, b, "one"), newTenant(t, b, "two")
	db := bench{driver: "pgx", intruder: dsn}.open(t)

	t.Run("covers every tenant table and forces it on the owner", func(t *testing.T) {
		for _, table := range tenantTables(t) {
			if n := count(t, b, `SELECT COUNT(*) FROM pg_class WHERE relname = '`+table+`' AND relrowsecurity AND relforcerowsecurity`); n != 1 {
				t.Errorf("%s is not guarded", table)
			}
		}
	})
	t.Run("the role is neither superuser nor exempt", func(t *testing.T) {
		if n := number(t, db, nil, `SELECT COUNT(*) FROM pg_roles WHERE rolname = current_user AND NOT rolsuper AND NOT rolbypassrls`); n != 1 {
			t.Fatal("the test proves nothing with this role")
		}
	})
	const entries = `SELECT COUNT(*) FROM audit_entries`
	for _, c := range []struct {
		name string
		set  map[string]string
		want int64
	}{
		{"no tenant sees no row", nil, 0},
		{"an empty tenant sees no row", map[string]string{"isoc.tenant": ""}, 0},
		{"a tenant sees its rows", map[string]string{"isoc.tenant": one.String()}, 1},
		{"two tenants see theirs", map[string]string{"isoc.tenant": one.String() + "," + two.String()}, 2},
		{"the platform sees its own", map[string]string{"isoc.tenant": "provider"}, 2},
		{"all tenants sees all", map[string]string{"isoc.all_tenants": "on"}, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			if n := number(t, db, c.set, entries); n != c.want {
				t.Errorf("%d rows, want %d", n, c.want)
			}
		})
	}
	as := map[string]string{"isoc.tenant": one.String()}
	for _, c := range []struct {
		name      string
		set       map[string]string
		statement string
	}{
		{"inserting for another tenant", as, progressOf(two)},
		{"inserting without a tenant", nil, progressOf(one)},
		{"inserting behind all tenants", map[string]string{"isoc.all_tenants": "on"}, progressOf(one)},
		{"inserting among two tenants", map[string]string{"isoc.tenant": one.String() + "," + two.String()}, progressOf(one)},
	} {
		t.Run(c.name+" is refused", func(t *testing.T) {
			var refused *pgconn.PgError
			if _, err := exec(t, db, c.set, c.statement); !errors.As(err, &refused) || refused.Code != "42501" {
				t.Errorf("error = %v, want insufficient privilege", err)
			}
		})
	}
	t.Run("own rows may be inserted", func(t *testing.T) {
		if n, err := exec(t, db, as, progressOf(one)); err != nil || n != 1 {
			t.Errorf("%d rows, %v", n, err)
		}
	})
	for _, st := range []string{
		`UPDATE sources SET name = name WHERE tenant_id = '` + two.String() + `'`, `DELETE FROM alert_progress WHERE tenant_id = '` + two.String() + `'`,
		`UPDATE audit_entries SET actor = 'eve'`, `DELETE FROM audit_entries`,
	} {
		t.Run("touches nothing: "+strings.Fields(st)[0]+" "+strings.Fields(st)[1], func(t *testing.T) {
			if n, err := exec(t, db, as, st); err != nil || n != 0 {
				t.Errorf("%d rows, %v; want none", n, err)
			}
		})
	}
}

// TestPoliciesAreWrittenAnew starts on a database whose policies an earlier release wrote.
func TestPoliciesAreWrittenAnew(t *testing.T) {
	t.Parallel()
	dsn, _ := pgtest.Start(t).Database(t)
	o := store.Options{DSN: dsn, Logger: slog.New(slog.DiscardHandler)}
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db := bench{driver: "pgx", intruder: dsn}.open(t)
	for _, st := range []string{
		`DROP POLICY isoc_read ON alerts`, `CREATE POLICY isoc_read ON alerts FOR SELECT USING (tenant_id = current_setting('isoc.tenant', true))`,
	} {
		if _, err := db.ExecContext(t.Context(), st); err != nil {
			t.Fatal(err)
		}
	}
	openStore(t, o)
	const kept = `SELECT COUNT(*) FROM pg_policies WHERE qual NOT LIKE '%( SELECT%current_setting(%'`
	if n := number(t, db, nil, kept); n != 0 {
		t.Errorf("%d policies ask for a setting at every row", n)
	}
	if n := number(t, db, nil, `SELECT COUNT(*) FROM pg_policies WHERE tablename = 'alerts' AND policyname = 'isoc_read' AND qual LIKE '%all_tenants%'`); n != 1 {
		t.Error("the policy of an earlier release stands")
	}
}

func progressOf(id tenant.ID) string {
	return `INSERT INTO alert_progress (tenant_id, epoch, shard, sequence) VALUES ('` + id.String() + `', 1, 1, 1)`
}

func within(t *testing.T, db *sql.DB, set map[string]string, fn func(context.Context, *sql.Tx)) {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	for name, value := range set {
		if _, err := tx.ExecContext(t.Context(), `SELECT set_config($1, $2, true)`, name, value); err != nil {
			t.Fatal(err)
		}
	}
	fn(t.Context(), tx)
}

func number(t *testing.T, db *sql.DB, set map[string]string, query string) (n int64) {
	t.Helper()
	within(t, db, set, func(ctx context.Context, tx *sql.Tx) {
		if err := tx.QueryRowContext(ctx, query).Scan(&n); err != nil {
			t.Fatal(err)
		}
	})
	return n
}

func exec(t *testing.T, db *sql.DB, set map[string]string, statement string) (n int64, err error) {
	t.Helper()
	within(t, db, set, func(ctx context.Context, tx *sql.Tx) {
		var res sql.Result
		if res, err = tx.ExecContext(ctx, statement); err == nil {
			n, err = res.RowsAffected()
		}
	})
	return n, err
}
