-- +goose Up
-- Which events of a customer a rule is not to fire on, until when and why. rule_id is empty for every rule; it refers to no table, for a
-- rule comes and goes with its pack and its exceptions stay.

CREATE TABLE rule_exceptions (
    tenant_id  TEXT   NOT NULL REFERENCES tenants (id),
    id         TEXT   NOT NULL,
    rule_id    TEXT   NOT NULL,
    rule_title TEXT   NOT NULL,
    query      TEXT   NOT NULL,
    reason     TEXT   NOT NULL,
    alert_id   TEXT   NOT NULL,
    expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT   NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    hits       BIGINT NOT NULL,
    last_hit   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX rule_exceptions_expiry ON rule_exceptions (expires_at);
