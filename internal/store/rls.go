package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// The two settings that row-level security reads. They live as long as the transaction that set them, and where they
// are not set the policies match no row.
const (
	settingTenant = "isoc.tenant"      // the tenant of the transaction; for reading, several separated by commas
	settingAll    = "isoc.all_tenants" // "on" behind AllTenants
)

// Reading matches the tenants of the transaction; writing takes exactly one. AllTenants reads only. The settings stand in
// sub-selects, so that a statement reads them once and not for every row.
const (
	policyRead = `(SELECT current_setting('` + settingAll + `', true)) = 'on' OR ` +
		`tenant_id = ANY ((SELECT string_to_array(current_setting('` + settingTenant + `', true), ','))::text[])`
	policyWrite = `tenant_id = (SELECT current_setting('` + settingTenant + `', true))`
)

// policyEdition stands as a comment on the reading policy of every guarded table, which is written last. Raise it with every change of
// the policies, and the next start writes them anew.
const policyEdition = "isoc policies 2"

// guardTenantTables puts every table that has a tenant_id column under forced row-level security. It is derived from the
// catalogue and repeated at every start, so that a table added later cannot be forgotten.
func (s *Store) guardTenantTables(ctx context.Context) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it does nothing
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtext('isoc.guard'))`); err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	tables, err := unguardedTables(ctx, tx)
	if err != nil {
		return fmt.Errorf("list tenant tables: %w", err)
	}
	for _, t := range tables {
		if err := guardTable(ctx, tx, t); err != nil {
			return fmt.Errorf("guard table %s: %w", t, err)
		}
	}
	return tx.Commit()
}

func unguardedTables(ctx context.Context, tx *sql.Tx) ([]string, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attname = 'tenant_id' AND NOT a.attisdropped
		AND NOT (c.relrowsecurity AND c.relforcerowsecurity
		         AND (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname IN ('isoc_read', 'isoc_insert', 'isoc_update', 'isoc_delete')) >= 2
		         AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'isoc_read'
		                     AND obj_description(p.oid, 'pg_policy') = $1))
		ORDER BY c.relname`, policyEdition)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var tables []string
	for rows.Next() {
		var t string
		if err := rows.Scan(&t); err != nil {
			return nil, err
		}
		tables = append(tables, t)
	}
	return tables, rows.Err()
}

// guardTable writes the policies of one table. Audit entries get none for changing and removing, so that on PostgreSQL
// not even this program can do either.
func guardTable(ctx context.Context, tx *sql.Tx, table string) error {
	name := pgx.Identifier{table}.Sanitize()
	statements := []string{
		"ALTER TABLE " + name + " ENABLE ROW LEVEL SECURITY",
		"ALTER TABLE " + name + " FORCE ROW LEVEL SECURITY",
		"DROP POLICY IF EXISTS isoc_read ON " + name,
		"DROP POLICY IF EXISTS isoc_insert ON " + name,
		"CREATE POLICY isoc_read ON " + name + " FOR SELECT USING (" + policyRead + ")",
		"CREATE POLICY isoc_insert ON " + name + " FOR INSERT WITH CHECK (" + policyWrite + ")",
	}
	if table != "audit_entries" {
		statements = append(statements,
			"DROP POLICY IF EXISTS isoc_update ON "+name,
			"DROP POLICY IF EXISTS isoc_delete ON "+name,
			"CREATE POLICY isoc_update ON "+name+" FOR UPDATE USING ("+policyWrite+") WITH CHECK ("+policyWrite+")",
			"CREATE POLICY isoc_delete ON "+name+" FOR DELETE USING ("+policyWrite+")")
	}
	statements = append(statements, "COMMENT ON POLICY isoc_read ON "+name+" IS '"+policyEdition+"'")
	for _, st := range statements {
		if _, err := tx.ExecContext(ctx, st); err != nil {
			return err
		}
	}
	return nil
}
