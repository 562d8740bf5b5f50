-- +goose Up
-- Sequences begin at 1 again where the queue begins anew, and the queue's epoch tells which one counts. What was applied before this
-- migration is not known by epoch, so the table starts empty: batches not committed yet may count once more on their alerts.

DROP TABLE alert_progress;

CREATE TABLE alert_progress (
    tenant_id TEXT   NOT NULL,
    epoch     BIGINT NOT NULL,
    shard     BIGINT NOT NULL,
    sequence  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, epoch, shard)
);
