-- name: InsertBackfillRun :exec
INSERT INTO backfill_runs (tenant_id, id, rule_id, text, epoch, first, ends, from_at, to_at, state, early, by_user, at, finished_at, until_at, events, hits)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17);

-- name: SaveBackfillRun :exec
UPDATE backfill_runs SET state = sqlc.arg(state), early = sqlc.arg(early), finished_at = sqlc.arg(finished_at), until_at = sqlc.arg(until_at),
    events = sqlc.arg(events), hits = sqlc.arg(hits)
WHERE tenant_id = sqlc.arg(tenant_id) AND id = sqlc.arg(id);

-- name: BackfillRuns :many
SELECT * FROM backfill_runs WHERE tenant_id = $1 AND rule_id = $2 ORDER BY id DESC LIMIT 200;

-- name: BackfillRaised :many
SELECT run_id, COUNT(*) AS raised FROM backfill_firings WHERE tenant_id = $1 AND rule_id = $2 GROUP BY run_id;

-- name: ClaimBackfillFiring :execrows
INSERT INTO backfill_firings (tenant_id, rule_id, event_id, run_id) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant_id, rule_id, event_id) DO NOTHING;
