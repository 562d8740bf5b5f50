-- tenant-wide: AllTenants only
-- name: AllDeviceRules :many
SELECT tenant_id, rule_id, last_day FROM device_rules WHERE last_day >= $1;

-- name: PutDeviceRule :exec
INSERT INTO device_rules (tenant_id, rule_id, title, level, tags, first_day, last_day)
VALUES (sqlc.arg(tenant_id), sqlc.arg(rule_id), sqlc.arg(title), sqlc.arg(level), sqlc.arg(tags), sqlc.arg(day), sqlc.arg(day))
ON CONFLICT (tenant_id, rule_id) DO UPDATE
SET title = excluded.title, level = excluded.level, tags = excluded.tags, last_day = excluded.last_day;

-- What somebody decided about a rule keeps it.
-- name: ForgetDeviceRules :exec
DELETE FROM device_rules
WHERE device_rules.tenant_id = sqlc.arg(tenant_id) AND device_rules.last_day < sqlc.arg(since)
  AND NOT EXISTS (SELECT 1 FROM rule_states s WHERE s.rule_id = device_rules.rule_id)
  AND NOT EXISTS (SELECT 1 FROM tenant_rule_states o WHERE o.tenant_id = device_rules.tenant_id AND o.rule_id = device_rules.rule_id);
