-- +goose Up
-- What was learned of sources: parsers proposed, those that people took over, and the templates of messages.

-- A source has at most one open proposal. content is the proposal with the lines it rests on, packed; the lines go when it is decided.
CREATE TABLE parser_proposals (
    tenant_id    TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    source_id    TEXT   NOT NULL,
    reason       TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    shape        TEXT   NOT NULL, -- what is not proposed again once it was rejected
    lines        BIGINT NOT NULL,
    unclaimed    BIGINT NOT NULL,
    covered      BIGINT NOT NULL,
    formats      BIGINT NOT NULL,
    fields       BIGINT NOT NULL,
    mapped       BIGINT NOT NULL,
    content      BYTEA  NOT NULL,
    created_at   BIGINT NOT NULL,
    decided_at   BIGINT NOT NULL,
    decided_by   TEXT   NOT NULL,
    note         TEXT   NOT NULL,
    pack_version BIGINT NOT NULL, -- of the pack it became; 0 for none
    version      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, source_id) REFERENCES sources (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX parser_proposals_source ON parser_proposals (tenant_id, source_id, id);
CREATE UNIQUE INDEX parser_proposals_open ON parser_proposals (tenant_id, source_id) WHERE state = 'open';

-- Parsers of single sources. At most one version of a source is active. content is pack.yml, samples.yml and the proposal, packed.
CREATE TABLE parser_packs (
    tenant_id   TEXT   NOT NULL,
    source_id   TEXT   NOT NULL,
    version     BIGINT NOT NULL,
    pack_id     TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    formats     BIGINT NOT NULL,
    proposal_id TEXT   NOT NULL,
    content     BYTEA  NOT NULL,
    created_at  BIGINT NOT NULL,
    created_by  TEXT   NOT NULL,
    changed_at  BIGINT NOT NULL,
    changed_by  TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, source_id, version),
    FOREIGN KEY (tenant_id, source_id) REFERENCES sources (tenant_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX parser_packs_active ON parser_packs (tenant_id, source_id) WHERE state = 'active';

-- Templates that a source's messages follow.
CREATE TABLE source_templates (
    tenant_id TEXT   NOT NULL,
    source_id TEXT   NOT NULL,
    id        TEXT   NOT NULL,
    template  TEXT   NOT NULL,
    count     BIGINT NOT NULL,
    after     BIGINT NOT NULL, -- messages of the source that came before its first
    first_at  BIGINT NOT NULL,
    last_at   BIGINT NOT NULL,
    sample    TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, source_id, id),
    FOREIGN KEY (tenant_id, source_id) REFERENCES sources (tenant_id, id) ON DELETE CASCADE
);
