-- name: InsertTenant :exec
INSERT INTO tenants (id, account, slug, name, state, retention_days, events_per_second, created_at, updated_at, updated_by, version, demo, networks)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $12);

-- name: TenantByID :one
SELECT * FROM tenants WHERE id = $1;

-- name: TenantBySlug :one
SELECT * FROM tenants WHERE slug = $1;

-- name: Tenants :many
SELECT * FROM tenants ORDER BY slug;

-- name: UpdateTenant :execrows
UPDATE tenants
SET slug = sqlc.arg(slug), name = sqlc.arg(name), state = sqlc.arg(state), retention_days = sqlc.arg(retention_days),
    events_per_second = sqlc.arg(events_per_second), networks = sqlc.arg(networks), updated_at = sqlc.arg(updated_at), updated_by = sqlc.arg(updated_by),
    version = version + 1
WHERE id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: DeleteTenant :execrows
DELETE FROM tenants WHERE id = $1;

-- Next value of a counter that never runs backwards, whatever is deleted.
-- name: NextCounter :one
INSERT INTO settings (name, value, updated_at) VALUES (sqlc.arg(name), '1', sqlc.arg(updated_at))
ON CONFLICT (name) DO UPDATE
SET value = CAST(CAST(settings.value AS BIGINT) + 1 AS TEXT), updated_at = excluded.updated_at
RETURNING CAST(value AS BIGINT) AS value;
