-- Taking the next number locks the chain's head row until the transaction ends, so that appends to one chain queue up.
-- name: NextAuditSeq :one
UPDATE audit_heads SET seq = seq + 1 WHERE tenant_id = $1 RETURNING seq, hash;

-- name: StartAuditChain :exec
INSERT INTO audit_heads (tenant_id, seq, hash) VALUES ($1, 0, $2) ON CONFLICT (tenant_id) DO NOTHING;

-- name: SetAuditHead :exec
UPDATE audit_heads SET hash = $1 WHERE tenant_id = $2;

-- name: AuditHead :one
SELECT seq, hash FROM audit_heads WHERE tenant_id = $1;

-- name: InsertAuditEntry :exec
INSERT INTO audit_entries (tenant_id, seq, at, actor, actor_id, provider, remote, session, action, object, before_state, after_state, reason, prev_hash, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15);

-- name: AuditEntriesAfter :many
SELECT * FROM audit_entries WHERE tenant_id = sqlc.arg(tenant_id) AND seq > sqlc.arg(seq) ORDER BY seq LIMIT sqlc.arg(max_rows);

-- name: AuditEntriesNewest :many
SELECT * FROM audit_entries
WHERE tenant_id = sqlc.arg(tenant_id) AND seq < sqlc.arg(before_seq)
AND at >= sqlc.arg(from_at) AND at < sqlc.arg(to_at)
AND (CAST(sqlc.arg(actor) AS TEXT) = '' OR actor = CAST(sqlc.arg(actor) AS TEXT))
AND (CAST(sqlc.arg(action) AS TEXT) = '' OR action = CAST(sqlc.arg(action) AS TEXT) OR substr(action, 1, length(CAST(sqlc.arg(action_noun) AS TEXT))) = CAST(sqlc.arg(action_noun) AS TEXT))
AND (CAST(sqlc.arg(object) AS TEXT) = '' OR substr(object, 1, length(CAST(sqlc.arg(object) AS TEXT))) = CAST(sqlc.arg(object) AS TEXT))
ORDER BY seq DESC LIMIT sqlc.arg(max_rows);

-- Chains that exist or should: started ones, ones with entries, and every tenant's.
-- tenant-wide: AllTenants only
-- name: AuditChains :many
SELECT tenant_id FROM audit_heads UNION SELECT DISTINCT tenant_id FROM audit_entries UNION SELECT id FROM tenants ORDER BY 1;
