-- +goose Up
-- When each rule was in force, counted in batches of the queue, and what was looked for in the archive afterwards.

-- What decides about rules changed before the batch of this sequence was judged. A later row goes before an earlier one from its sequence on.
CREATE TABLE rule_editions (
    edition  BIGINT NOT NULL PRIMARY KEY,
    epoch    BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    at       BIGINT NOT NULL -- when that batch was received
);

-- After a stop some customers' alerts are ahead of the queue's cursor: for these the edition begins with a later batch.
CREATE TABLE tenant_edition_starts (
    tenant_id TEXT   NOT NULL,
    edition   BIGINT NOT NULL,
    sequence  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, edition)
);

-- How a rule stands from an edition on; a rule has a row for each edition that changed it. text names its text.
CREATE TABLE rule_tenures (
    rule_id TEXT   NOT NULL,
    edition BIGINT NOT NULL,
    state   TEXT   NOT NULL,
    text    TEXT   NOT NULL,
    reason  TEXT   NOT NULL,
    PRIMARY KEY (rule_id, edition)
);

-- The same of what one customer has otherwise; state is empty from where it is again as the platform has it.
CREATE TABLE tenant_rule_tenures (
    tenant_id TEXT   NOT NULL,
    rule_id   TEXT   NOT NULL,
    edition   BIGINT NOT NULL,
    state     TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, rule_id, edition)
);

-- Who had the archive searched for the firings of an alert; empty for an alert that rules raised as events came.
ALTER TABLE alerts ADD COLUMN backfilled_by TEXT NOT NULL DEFAULT '';

-- Searches of the archive for what a rule missed at a customer: batches from first to before the end, as far as event times until.
CREATE TABLE backfill_runs (
    tenant_id   TEXT   NOT NULL REFERENCES tenants (id),
    id          TEXT   NOT NULL,
    rule_id     TEXT   NOT NULL,
    text        TEXT   NOT NULL,
    epoch       BIGINT NOT NULL,
    first       BIGINT NOT NULL,
    ends        BIGINT NOT NULL,
    from_at     BIGINT NOT NULL,
    to_at       BIGINT NOT NULL,
    state       TEXT   NOT NULL,
    early       TEXT   NOT NULL,
    by_user     TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    finished_at BIGINT NOT NULL, -- 0 while it runs
    until_at    BIGINT NOT NULL, -- 0 before anything was read
    events      BIGINT NOT NULL,
    hits        BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX backfill_runs_rule ON backfill_runs (tenant_id, rule_id, id);

-- Firings found so: each is raised once, however often it is found.
CREATE TABLE backfill_firings (
    tenant_id TEXT   NOT NULL REFERENCES tenants (id),
    rule_id   TEXT   NOT NULL,
    event_id  TEXT   NOT NULL,
    run_id    TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, rule_id, event_id)
);
