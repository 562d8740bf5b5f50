-- name: InsertException :exec
INSERT INTO rule_exceptions (tenant_id, id, rule_id, rule_title, query, reason, alert_id, expires_at, created_at, created_by, updated_at, updated_by, version, hits, last_hit)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, 0, 0);

-- name: UpdateException :execrows
UPDATE rule_exceptions
SET reason = sqlc.arg(reason), expires_at = sqlc.arg(expires_at), updated_at = sqlc.arg(updated_at), updated_by = sqlc.arg(updated_by), version = version + 1
WHERE tenant_id = sqlc.arg(tenant_id) AND id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: DeleteException :execrows
DELETE FROM rule_exceptions WHERE tenant_id = $1 AND id = $2;

-- name: ExceptionByID :one
SELECT * FROM rule_exceptions WHERE tenant_id = $1 AND id = $2;

-- name: CountExceptions :one
SELECT count(*) FROM rule_exceptions WHERE tenant_id = $1;

-- name: AddExceptionHits :exec
UPDATE rule_exceptions
SET hits = hits + sqlc.arg(more), last_hit = CASE WHEN last_hit < sqlc.arg(last_hit) THEN sqlc.arg(last_hit) ELSE last_hit END
WHERE tenant_id = sqlc.arg(tenant_id) AND id = sqlc.arg(id);

-- name: ExceptionsInForce :many
-- tenant-wide: AllTenants only
SELECT * FROM rule_exceptions WHERE expires_at > $1 ORDER BY tenant_id, id;
