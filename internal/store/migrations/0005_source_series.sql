-- +goose Up
-- What a source did, by minute (kept two days) and by hour (kept ninety days). minute and hour count from the Unix epoch; lags and
-- pauses are seconds. expect_minutes is how often the operator says a source sends; 0 lets its own habit decide.

ALTER TABLE sources ADD COLUMN expect_minutes BIGINT NOT NULL DEFAULT 0;

CREATE TABLE source_minutes (
    tenant_id TEXT   NOT NULL,
    source_id TEXT   NOT NULL,
    minute    BIGINT NOT NULL,
    records   BIGINT NOT NULL,
    bytes     BIGINT NOT NULL,
    processed BIGINT NOT NULL,
    unparsed  BIGINT NOT NULL,
    dropped   BIGINT NOT NULL,
    lag_p50   BIGINT NOT NULL,
    lag_max   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, source_id, minute),
    FOREIGN KEY (tenant_id, source_id) REFERENCES sources (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE source_hours (
    tenant_id TEXT   NOT NULL,
    source_id TEXT   NOT NULL,
    hour      BIGINT NOT NULL,
    records   BIGINT NOT NULL,
    bytes     BIGINT NOT NULL,
    processed BIGINT NOT NULL,
    unparsed  BIGINT NOT NULL,
    dropped   BIGINT NOT NULL,
    lag_p50   BIGINT NOT NULL,
    lag_max   BIGINT NOT NULL,
    pause     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, source_id, hour),
    FOREIGN KEY (tenant_id, source_id) REFERENCES sources (tenant_id, id) ON DELETE CASCADE
);
