-- name: RuleStates :many
SELECT * FROM rule_states;

-- name: RuleState :one
SELECT * FROM rule_states WHERE rule_id = $1;

-- name: PutRuleState :exec
INSERT INTO rule_states (rule_id, state, reason, by_user, at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (rule_id) DO UPDATE SET state = excluded.state, reason = excluded.reason, by_user = excluded.by_user, at = excluded.at;

-- name: DeleteRuleState :exec
DELETE FROM rule_states WHERE rule_id = $1;

-- tenant-wide: AllTenants only
-- name: AllTenantRuleStates :many
SELECT * FROM tenant_rule_states ORDER BY tenant_id, rule_id;

-- name: TenantRuleStates :many
SELECT * FROM tenant_rule_states WHERE tenant_id = $1;

-- name: TenantRuleState :one
SELECT * FROM tenant_rule_states WHERE tenant_id = $1 AND rule_id = $2;

-- name: PutTenantRuleState :exec
INSERT INTO tenant_rule_states (tenant_id, rule_id, state, reason, by_user, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (tenant_id, rule_id) DO UPDATE SET state = excluded.state, reason = excluded.reason, by_user = excluded.by_user, at = excluded.at;

-- name: DeleteTenantRuleState :exec
DELETE FROM tenant_rule_states WHERE tenant_id = $1 AND rule_id = $2;

-- name: RuleVersions :many
SELECT rule_id, version, note, author, at, base FROM rule_versions WHERE rule_id = $1 ORDER BY version DESC;

-- name: RuleVersion :one
SELECT * FROM rule_versions WHERE rule_id = $1 AND version = $2;

-- The newest version of each rule whose text in force was written here.
-- name: RuleHeads :many
SELECT v.rule_id, v.version, v.base
FROM content_rules c JOIN rule_versions v ON v.rule_id = c.rule_id
WHERE c.pack_id = '@own' AND v.version = (SELECT MAX(m.version) FROM rule_versions m WHERE m.rule_id = v.rule_id)
ORDER BY v.rule_id;

-- name: InsertRuleVersion :exec
INSERT INTO rule_versions (rule_id, version, source, note, author, at, base) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: DeleteRuleVersions :exec
DELETE FROM rule_versions WHERE rule_id = $1;

-- name: DeleteLocalRule :exec
DELETE FROM content_rules WHERE rule_id = $1 AND pack_id = '@own';

-- The text that counts without what was changed here.
-- name: PackRuleText :one
SELECT r.pack_id, p.name AS pack_name, r.path, r.source, r.samples
FROM content_rules r JOIN content_packs p ON p.id = r.pack_id
WHERE r.rule_id = $1 AND p.active AND NOT p.local
ORDER BY p.builtin, p.imported_at DESC, p.id DESC LIMIT 1;

-- name: RuleSamples :one
SELECT samples FROM rule_samples WHERE rule_id = $1;

-- name: SampledRules :many
SELECT rule_id FROM rule_samples
UNION
SELECT r.rule_id FROM content_rules r JOIN content_packs p ON p.id = r.pack_id WHERE p.active AND r.samples <> '';

-- name: PutRuleSamples :exec
INSERT INTO rule_samples (rule_id, samples, by_user, at) VALUES ($1, $2, $3, $4)
ON CONFLICT (rule_id) DO UPDATE SET samples = excluded.samples, by_user = excluded.by_user, at = excluded.at;

-- name: DeleteRuleSamples :exec
DELETE FROM rule_samples WHERE rule_id = $1;

-- name: FormerRuleTexts :many
SELECT version, source FROM rule_versions WHERE rule_id = $1 ORDER BY version DESC LIMIT $2;
