-- +goose Up
-- What came of each rule is counted in the order of this index, without reading a row: how often it fired lately and how its alerts were judged.

DROP INDEX alerts_rule;
CREATE INDEX alerts_rule ON alerts (rule_id, tenant_id, state, verdict, last_at, id);
