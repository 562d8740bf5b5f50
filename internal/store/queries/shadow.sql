-- name: AdvanceShadowProgress :execrows
INSERT INTO shadow_progress (tenant_id, epoch, shard, sequence) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant_id, epoch, shard) DO UPDATE SET sequence = excluded.sequence
WHERE shadow_progress.sequence < excluded.sequence;

-- name: CountShadow :exec
INSERT INTO shadow_days (tenant_id, rule_id, day, hits) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant_id, rule_id, day) DO UPDATE SET hits = shadow_days.hits + excluded.hits;

-- name: ForgetShadowDays :exec
DELETE FROM shadow_days WHERE tenant_id = sqlc.arg(tenant_id) AND rule_id = sqlc.arg(rule_id) AND day < sqlc.arg(oldest);

-- name: PutShadowHit :exec
INSERT INTO shadow_hits (tenant_id, rule_id, event_id, at, source_id, matches, entities) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (tenant_id, rule_id, event_id) DO NOTHING;

-- Event ids sort by arrival.
-- name: TrimShadowHits :exec
DELETE FROM shadow_hits
WHERE shadow_hits.tenant_id = sqlc.arg(tenant_id) AND shadow_hits.rule_id = sqlc.arg(rule_id)
  AND shadow_hits.event_id NOT IN (
    SELECT e.event_id FROM shadow_hits e
    WHERE e.tenant_id = sqlc.arg(tenant_id) AND e.rule_id = sqlc.arg(rule_id) ORDER BY e.event_id DESC LIMIT sqlc.arg(keep));
