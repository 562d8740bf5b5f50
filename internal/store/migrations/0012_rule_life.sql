-- +goose Up
-- The life of a rule: its state for everyone and for one customer, its versions written here, its samples, and what it would have raised while
-- it runs in the shadow.

-- The rules written here, and those of packs changed here, stand in a pack of their own, always in force and before every other.
ALTER TABLE content_packs ADD COLUMN local BOOLEAN NOT NULL DEFAULT FALSE;
INSERT INTO content_packs (id, name, version, digest, imported_at, imported_by, rules, refused, active, builtin, refusals, local)
VALUES ('@own', '@own', 1, '', 0, 'system', 0, 0, TRUE, FALSE, '[]', TRUE);

-- The samples that came beside a pack's rule, as the file has them.
ALTER TABLE content_rules ADD COLUMN samples TEXT NOT NULL DEFAULT '';

-- What somebody decided about a rule; a rule without a row is as it came.
CREATE TABLE rule_states (
    rule_id TEXT   NOT NULL PRIMARY KEY,
    state   TEXT   NOT NULL,
    reason  TEXT   NOT NULL,
    by_user TEXT   NOT NULL,
    at      BIGINT NOT NULL
);

CREATE TABLE tenant_rule_states (
    tenant_id TEXT   NOT NULL,
    rule_id   TEXT   NOT NULL,
    state     TEXT   NOT NULL,
    reason    TEXT   NOT NULL,
    by_user   TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, rule_id)
);
CREATE INDEX tenant_rule_states_rule ON tenant_rule_states (rule_id, tenant_id);

-- Every text that a rule had here. base is the text of the pack that it was written over, empty for a rule of our own.
CREATE TABLE rule_versions (
    rule_id TEXT   NOT NULL,
    version BIGINT NOT NULL,
    source  TEXT   NOT NULL,
    note    TEXT   NOT NULL,
    author  TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    base    TEXT   NOT NULL,
    PRIMARY KEY (rule_id, version)
);

CREATE TABLE rule_samples (
    rule_id TEXT   NOT NULL PRIMARY KEY,
    samples TEXT   NOT NULL, -- JSON
    by_user TEXT   NOT NULL,
    at      BIGINT NOT NULL
);

-- Firings in the shadow: how many a day (counted from the Unix epoch), the latest of them, and how far a stream's were counted.
CREATE TABLE shadow_days (
    tenant_id TEXT   NOT NULL,
    rule_id   TEXT   NOT NULL,
    day       BIGINT NOT NULL,
    hits      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, rule_id, day)
);
CREATE INDEX shadow_days_rule ON shadow_days (rule_id, tenant_id, day, hits);

CREATE TABLE shadow_hits (
    tenant_id TEXT   NOT NULL,
    rule_id   TEXT   NOT NULL,
    event_id  TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    source_id TEXT   NOT NULL,
    matches   TEXT   NOT NULL, -- JSON
    entities  TEXT   NOT NULL, -- JSON
    PRIMARY KEY (tenant_id, rule_id, event_id)
);

CREATE TABLE shadow_progress (
    tenant_id TEXT   NOT NULL,
    epoch     BIGINT NOT NULL,
    shard     BIGINT NOT NULL,
    sequence  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, epoch, shard)
);
