-- +goose Up
-- What the rules of a customer's alerts are called and where they stand in ATT&CK, once for each form they had, so that a list is filtered
-- by either without looking at every alert. Filled in for older alerts at the next start (alert_fill.go).

CREATE TABLE alert_rules (
    tenant_id TEXT NOT NULL,
    rule_id   TEXT NOT NULL,
    title     TEXT NOT NULL, -- folded
    attack    TEXT NOT NULL, -- tactics and techniques between spaces: ' credential-access t1110.001 '
    PRIMARY KEY (tenant_id, rule_id, title, attack)
);

-- The indexes that most questions are answered from do without the title now: there is less to write with each firing.
DROP INDEX alerts_newest;
DROP INDEX alerts_open;
CREATE INDEX alerts_newest ON alerts (id, tenant_id, state, level, risk, rule_id, assignee, source_id, verdict, last_at, host, address, users);
CREATE INDEX alerts_open ON alerts (risk, id, tenant_id, state, level, rule_id, assignee, source_id, last_at, host, address, users) WHERE state <> 'closed';
