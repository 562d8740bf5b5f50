-- +goose Up
-- From which level a source's own verdicts raise alerts, which rules of devices a customer has seen, and which text of a rule raised an alert.

ALTER TABLE sources ADD COLUMN verdicts_from TEXT NOT NULL DEFAULT ''; -- empty: as configured
ALTER TABLE alerts ADD COLUMN rule_digest TEXT NOT NULL DEFAULT '';

-- Rules that devices have, as their verdicts named them last; day is counted from the Unix epoch.
CREATE TABLE device_rules (
    tenant_id TEXT   NOT NULL,
    rule_id   TEXT   NOT NULL,
    title     TEXT   NOT NULL,
    level     TEXT   NOT NULL,
    tags      TEXT   NOT NULL, -- JSON
    first_day BIGINT NOT NULL,
    last_day  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, rule_id)
);
CREATE INDEX device_rules_rule ON device_rules (rule_id, tenant_id);
