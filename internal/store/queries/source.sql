-- name: InsertSource :exec
INSERT INTO sources (tenant_id, id, name, kind, token_hash, token_hint, senders, port, time_zone, encoding, disabled, created_at, updated_at, updated_by, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1);

-- name: UpdateSource :execrows
UPDATE sources
SET name = sqlc.arg(name), kind = sqlc.arg(kind), token_hash = sqlc.arg(token_hash), token_hint = sqlc.arg(token_hint),
    senders = sqlc.arg(senders), port = sqlc.arg(port), time_zone = sqlc.arg(time_zone), encoding = sqlc.arg(encoding),
    disabled = sqlc.arg(disabled), updated_at = sqlc.arg(updated_at), updated_by = sqlc.arg(updated_by), version = version + 1
WHERE tenant_id = sqlc.arg(tenant_id) AND id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: DeleteSource :execrows
DELETE FROM sources WHERE tenant_id = $1 AND id = $2;

-- name: SourceByID :one
SELECT * FROM sources WHERE tenant_id = $1 AND id = $2;

-- name: SourcesOf :many
SELECT * FROM sources WHERE tenant_id = $1 ORDER BY id;

-- tenant-wide: AllTenants only
-- name: AllSources :many
SELECT * FROM sources ORDER BY tenant_id, id;

-- name: ActivityOf :many
SELECT * FROM source_activity WHERE tenant_id = $1 ORDER BY source_id;

-- tenant-wide: AllTenants only
-- name: AllActivity :many
SELECT * FROM source_activity ORDER BY tenant_id, source_id;

-- The source may have been deleted meanwhile; then nothing is written.
-- name: PutActivity :exec
INSERT INTO source_activity (tenant_id, source_id, last_seen, records, unparsed)
SELECT s.tenant_id, s.id, sqlc.arg(last_seen), sqlc.arg(records), sqlc.arg(unparsed)
FROM sources s WHERE s.tenant_id = sqlc.arg(tenant_id) AND s.id = sqlc.arg(source_id)
ON CONFLICT (tenant_id, source_id) DO UPDATE
SET last_seen = excluded.last_seen, records = excluded.records, unparsed = excluded.unparsed;
