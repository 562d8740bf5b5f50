-- +goose Up
-- When somebody last said to have seen a customer's overview, or under tenant_id 'provider' the one of all customers.

CREATE TABLE overview_marks (
    tenant_id TEXT   NOT NULL,
    user_id   TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    at        BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
);

-- What people did to alerts since a moment, without going through all alerts.
CREATE INDEX alert_transitions_at ON alert_transitions (at, tenant_id, alert_id, actor);
