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
