-- What deleting a tenant removes from the tenant tables. Audit chains stay.

-- name: PurgeAlertEvidence :exec
DELETE FROM alert_evidence WHERE tenant_id = $1;

-- name: PurgeAlertTransitions :exec
DELETE FROM alert_transitions WHERE tenant_id = $1;

-- name: PurgeAlertProgress :exec
DELETE FROM alert_progress WHERE tenant_id = $1;

-- name: PurgeAlertEntities :exec
DELETE FROM alert_entities WHERE tenant_id = $1;

-- name: PurgeAlertRules :exec
DELETE FROM alert_rules WHERE tenant_id = $1;

-- name: PurgeAlerts :exec
DELETE FROM alerts WHERE tenant_id = $1;

-- name: PurgeSourceMinutes :exec
DELETE FROM source_minutes WHERE tenant_id = $1;

-- name: PurgeSourceHours :exec
DELETE FROM source_hours WHERE tenant_id = $1;

-- name: PurgeSourceActivity :exec
DELETE FROM source_activity WHERE tenant_id = $1;

-- name: PurgeSources :exec
DELETE FROM sources WHERE tenant_id = $1;

-- name: PurgeViewDefaults :exec
DELETE FROM saved_view_defaults WHERE tenant_id = $1;

-- name: PurgeViews :exec
DELETE FROM saved_views WHERE tenant_id = $1;

-- name: PurgeOverviewMarks :exec
DELETE FROM overview_marks WHERE tenant_id = $1;

-- name: PurgeTenantRuleStates :exec
DELETE FROM tenant_rule_states WHERE tenant_id = $1;

-- name: PurgeShadowDays :exec
DELETE FROM shadow_days WHERE tenant_id = $1;

-- name: PurgeShadowHits :exec
DELETE FROM shadow_hits WHERE tenant_id = $1;

-- name: PurgeShadowProgress :exec
DELETE FROM shadow_progress WHERE tenant_id = $1;

-- name: PurgeExceptions :exec
DELETE FROM rule_exceptions WHERE tenant_id = $1;

-- name: PurgeEditionStarts :exec
DELETE FROM tenant_edition_starts WHERE tenant_id = $1;

-- name: PurgeTenantRuleTenures :exec
DELETE FROM tenant_rule_tenures WHERE tenant_id = $1;

-- name: PurgeDeviceRules :exec
DELETE FROM device_rules WHERE tenant_id = $1;

-- name: PurgeBackfillFirings :exec
DELETE FROM backfill_firings WHERE tenant_id = $1;

-- name: PurgeBackfillRuns :exec
DELETE FROM backfill_runs WHERE tenant_id = $1;

-- name: PurgeParserProposals :exec
DELETE FROM parser_proposals WHERE tenant_id = $1;

-- name: PurgeParserPacks :exec
DELETE FROM parser_packs WHERE tenant_id = $1;

-- name: PurgeSourceTemplates :exec
DELETE FROM source_templates WHERE tenant_id = $1;
