-- name: InsertAlert :exec
INSERT INTO alerts (tenant_id, id, fingerprint, rule_id, title, level, tags, models, entities, state, verdict, reason, assignee,
    count, first_at, last_at, created_at, updated_at, updated_by, version, moved_version, risk, risk_parts, source_id, host, address, users, backfilled_by, rule_digest)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29);

-- The version given is the one that the row gets; it must be the stored one plus one.
-- name: SaveAlert :execrows
UPDATE alerts
SET models = sqlc.arg(models), entities = sqlc.arg(entities), state = sqlc.arg(state), verdict = sqlc.arg(verdict), reason = sqlc.arg(reason),
    assignee = sqlc.arg(assignee), count = sqlc.arg(count), first_at = sqlc.arg(first_at), last_at = sqlc.arg(last_at),
    updated_at = sqlc.arg(updated_at), updated_by = sqlc.arg(updated_by), version = sqlc.arg(version), moved_version = sqlc.arg(moved_version),
    risk = sqlc.arg(risk), risk_parts = sqlc.arg(risk_parts), users = sqlc.arg(users)
WHERE tenant_id = sqlc.arg(tenant_id) AND id = sqlc.arg(id) AND version = sqlc.arg(version) - 1;

-- Writing what stands there locks the row until the transaction ends, on both engines.
-- name: HoldAlert :execrows
UPDATE alerts SET version = version WHERE tenant_id = $1 AND id = $2;

-- name: OpenAlert :one
SELECT * FROM alerts WHERE tenant_id = $1 AND fingerprint = $2 AND state <> 'closed' ORDER BY id DESC LIMIT 1;

-- name: AlertByID :one
SELECT * FROM alerts WHERE tenant_id = $1 AND id = $2;

-- Only the figures, for alerts that changed by what stands beside them: nobody's version moves.
-- name: SetAlertRisk :exec
UPDATE alerts SET risk = sqlc.arg(risk), risk_parts = sqlc.arg(risk_parts) WHERE tenant_id = sqlc.arg(tenant_id) AND id = sqlc.arg(id);

-- name: PutAlertEntity :exec
INSERT INTO alert_entities (tenant_id, field, value, alert_id) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant_id, field, value, alert_id) DO NOTHING;

-- name: PutAlertRule :exec
INSERT INTO alert_rules (tenant_id, rule_id, title, attack) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant_id, rule_id, title, attack) DO NOTHING;

-- name: AlertRulesRaised :many
SELECT DISTINCT rule_id, title, tags FROM alerts WHERE tenant_id = $1;

-- Looks at the latest alerts about the value only, open or not: a value that everything has costs no more than another.
-- name: AlertNeighbours :many
SELECT a.id, a.rule_id, a.level, a.tags, a.state, a.count, a.risk, a.last_at, a.version, a.host, a.address, a.users FROM alerts a
WHERE a.tenant_id = sqlc.arg(tenant_id) AND a.state <> 'closed'
  AND a.id IN (
    SELECT e.alert_id FROM alert_entities e
    WHERE e.tenant_id = sqlc.arg(tenant_id) AND e.field = sqlc.arg(field) AND e.value = sqlc.arg(value)
    ORDER BY e.alert_id DESC LIMIT sqlc.arg(latest))
ORDER BY a.id DESC;

-- name: PutAlertEvidence :exec
INSERT INTO alert_evidence (tenant_id, alert_id, event_id, at, matches, parts) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (tenant_id, alert_id, event_id) DO NOTHING;

-- Event ids sort by arrival: the first stays, and the latest, and those between go.
-- name: TrimAlertEvidence :exec
DELETE FROM alert_evidence
WHERE alert_evidence.tenant_id = sqlc.arg(tenant_id) AND alert_evidence.alert_id = sqlc.arg(alert_id)
  AND alert_evidence.event_id NOT IN (
    SELECT e.event_id FROM alert_evidence e
    WHERE e.tenant_id = sqlc.arg(tenant_id) AND e.alert_id = sqlc.arg(alert_id) ORDER BY e.event_id DESC LIMIT sqlc.arg(keep))
  AND alert_evidence.event_id <> (
    SELECT MIN(f.event_id) FROM alert_evidence f WHERE f.tenant_id = sqlc.arg(tenant_id) AND f.alert_id = sqlc.arg(alert_id));

-- name: AlertEvidence :many
SELECT * FROM alert_evidence WHERE tenant_id = $1 AND alert_id = $2 ORDER BY event_id;

-- name: InsertAlertTransition :exec
INSERT INTO alert_transitions (tenant_id, alert_id, seq, at, actor, from_state, to_state, verdict, reason)
SELECT sqlc.arg(tenant_id), sqlc.arg(alert_id), COUNT(*) + 1, sqlc.arg(at), sqlc.arg(actor), sqlc.arg(from_state), sqlc.arg(to_state), sqlc.arg(verdict), sqlc.arg(reason)
FROM alert_transitions t WHERE t.tenant_id = sqlc.arg(tenant_id) AND t.alert_id = sqlc.arg(alert_id);

-- name: AlertTransitions :many
SELECT * FROM alert_transitions WHERE tenant_id = $1 AND alert_id = $2 ORDER BY seq;

-- No row is written where the sequence is applied already. Writing locks the row, so that of two processes with the same batch the
-- second waits for the first and then writes none.
-- name: AdvanceAlertProgress :execrows
INSERT INTO alert_progress (tenant_id, epoch, shard, sequence) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant_id, epoch, shard) DO UPDATE SET sequence = excluded.sequence
WHERE alert_progress.sequence < excluded.sequence;

-- name: AlertsAfter :many
SELECT * FROM alerts WHERE tenant_id = sqlc.arg(tenant_id) AND id > sqlc.arg(after) ORDER BY id LIMIT sqlc.arg(many);

-- name: FillAlert :exec
UPDATE alerts SET risk = sqlc.arg(risk), risk_parts = sqlc.arg(risk_parts), host = sqlc.arg(host), address = sqlc.arg(address), users = sqlc.arg(users)
WHERE tenant_id = sqlc.arg(tenant_id) AND id = sqlc.arg(id);

-- name: CountAlertEntity :one
SELECT COUNT(*) FROM alert_entities WHERE tenant_id = sqlc.arg(tenant_id) AND field = sqlc.arg(field) AND value = sqlc.arg(value);

-- name: LatestAboutEntity :many
SELECT alert_id FROM alert_entities WHERE tenant_id = sqlc.arg(tenant_id) AND field = sqlc.arg(field) AND value = sqlc.arg(value)
ORDER BY alert_id DESC LIMIT sqlc.arg(latest);
