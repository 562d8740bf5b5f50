-- name: OverviewMark :one
SELECT at FROM overview_marks WHERE tenant_id = $1 AND user_id = $2;

-- name: PutOverviewMark :exec
INSERT INTO overview_marks (tenant_id, user_id, at) VALUES ($1, $2, $3)
ON CONFLICT (tenant_id, user_id) DO UPDATE SET at = excluded.at;

-- name: AuditActionsSince :many
SELECT action, COUNT(*) AS entries FROM audit_entries
WHERE tenant_id = sqlc.arg(tenant_id) AND at >= sqlc.arg(since) GROUP BY action ORDER BY action;
