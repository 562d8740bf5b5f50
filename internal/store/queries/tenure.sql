-- name: RuleEditions :many
SELECT * FROM rule_editions ORDER BY edition;

-- name: LastRuleEdition :one
SELECT * FROM rule_editions ORDER BY edition DESC LIMIT 1;

-- name: InsertRuleEdition :exec
INSERT INTO rule_editions (edition, epoch, sequence, at) VALUES ($1, $2, $3, $4);

-- name: InsertTenantEditionStart :exec
INSERT INTO tenant_edition_starts (tenant_id, edition, sequence) VALUES ($1, $2, $3);

-- name: TenantEditionStarts :many
SELECT edition, sequence FROM tenant_edition_starts WHERE tenant_id = $1;

-- name: InsertRuleTenure :exec
INSERT INTO rule_tenures (rule_id, edition, state, text, reason) VALUES ($1, $2, $3, $4, $5);

-- name: RuleTenures :many
SELECT * FROM rule_tenures WHERE rule_id = $1 ORDER BY edition;

-- How every rule stands now.
-- name: LatestRuleTenures :many
SELECT t.rule_id, t.state, t.text, t.reason FROM rule_tenures t
WHERE t.edition = (SELECT MAX(m.edition) FROM rule_tenures m WHERE m.rule_id = t.rule_id);

-- name: InsertTenantRuleTenure :exec
INSERT INTO tenant_rule_tenures (tenant_id, rule_id, edition, state) VALUES ($1, $2, $3, $4);

-- name: TenantRuleTenures :many
SELECT edition, state FROM tenant_rule_tenures WHERE tenant_id = $1 AND rule_id = $2 ORDER BY edition;

-- tenant-wide: AllTenants only
-- name: LatestTenantRuleTenures :many
SELECT t.tenant_id, t.rule_id, t.state FROM tenant_rule_tenures t
WHERE t.edition = (SELECT MAX(m.edition) FROM tenant_rule_tenures m WHERE m.tenant_id = t.tenant_id AND m.rule_id = t.rule_id);

-- How far alerts are applied, of the customers whose are at or beyond a sequence.
-- tenant-wide: AllTenants only
-- name: AlertProgressFrom :many
SELECT tenant_id, sequence FROM alert_progress WHERE epoch = sqlc.arg(epoch) AND shard = sqlc.arg(shard) AND sequence >= sqlc.arg(sequence);
