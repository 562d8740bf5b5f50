-- +goose Up
-- A table with a tenant_id column is a tenant table: its key starts with tenant_id, every statement on it binds
-- tenant_id, and on PostgreSQL it stands under row-level security (see rls.go). All other tables are the platform's.
-- Portable SQL only: times are BIGINT Unix microseconds UTC (0 = never), integers BIGINT, JSON is TEXT.

CREATE TABLE tenants (
    id                TEXT    NOT NULL PRIMARY KEY,
    account           BIGINT  NOT NULL UNIQUE,
    slug              TEXT    NOT NULL UNIQUE,
    name              TEXT    NOT NULL,
    state             TEXT    NOT NULL,
    retention_days    BIGINT  NOT NULL,
    events_per_second BIGINT  NOT NULL,
    created_at        BIGINT  NOT NULL,
    updated_at        BIGINT  NOT NULL,
    updated_by        TEXT    NOT NULL,
    version           BIGINT  NOT NULL
);

CREATE TABLE settings (
    name       TEXT   NOT NULL PRIMARY KEY,
    value      TEXT   NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE users (
    id             TEXT    NOT NULL PRIMARY KEY,
    username       TEXT    NOT NULL UNIQUE,
    name           TEXT    NOT NULL,
    password_hash  TEXT    NOT NULL,
    provider_role  TEXT    NOT NULL,
    locale         TEXT    NOT NULL,
    disabled       BOOLEAN NOT NULL,
    credentials_at BIGINT  NOT NULL,
    created_at     BIGINT  NOT NULL,
    updated_at     BIGINT  NOT NULL,
    updated_by     TEXT    NOT NULL,
    version        BIGINT  NOT NULL
);

-- The column is named tenant, not tenant_id: memberships are read to learn which tenants a caller may touch at all.
CREATE TABLE memberships (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    tenant  TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    role    TEXT NOT NULL,
    PRIMARY KEY (user_id, tenant)
);
CREATE INDEX memberships_tenant ON memberships (tenant);

CREATE TABLE tokens (
    id           TEXT   NOT NULL PRIMARY KEY,
    user_id      TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name         TEXT   NOT NULL,
    hash         TEXT   NOT NULL UNIQUE,
    hint         TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL
);
CREATE INDEX tokens_user ON tokens (user_id);
CREATE INDEX tokens_expiry ON tokens (expires_at);

CREATE TABLE sessions (
    hash       TEXT   NOT NULL PRIMARY KEY,
    data       BYTEA  NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE content_packs (
    id          TEXT    NOT NULL PRIMARY KEY,
    name        TEXT    NOT NULL,
    version     BIGINT  NOT NULL,
    digest      TEXT    NOT NULL,
    imported_at BIGINT  NOT NULL,
    imported_by TEXT    NOT NULL,
    rules       BIGINT  NOT NULL,
    refused     BIGINT  NOT NULL,
    active      BOOLEAN NOT NULL,
    builtin     BOOLEAN NOT NULL,
    refusals    TEXT    NOT NULL,
    UNIQUE (name, version)
);

CREATE TABLE content_rules (
    pack_id  TEXT   NOT NULL REFERENCES content_packs (id) ON DELETE CASCADE,
    rule_id  TEXT   NOT NULL,
    path     TEXT   NOT NULL,
    title    TEXT   NOT NULL,
    title_zh TEXT   NOT NULL,
    level    TEXT   NOT NULL,
    status   TEXT   NOT NULL,
    author   TEXT   NOT NULL,
    product  TEXT   NOT NULL,
    category TEXT   NOT NULL,
    service  TEXT   NOT NULL,
    tags     TEXT   NOT NULL,
    source   TEXT   NOT NULL,
    PRIMARY KEY (pack_id, rule_id, path)
);
CREATE INDEX content_rules_rule ON content_rules (rule_id);

CREATE TABLE sources (
    tenant_id  TEXT    NOT NULL REFERENCES tenants (id),
    id         TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    token_hash TEXT    NOT NULL UNIQUE,
    token_hint TEXT    NOT NULL,
    senders    TEXT    NOT NULL,
    port       BIGINT  NOT NULL,
    time_zone  TEXT    NOT NULL,
    encoding   TEXT    NOT NULL,
    disabled   BOOLEAN NOT NULL,
    created_at BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL,
    updated_by TEXT    NOT NULL,
    version    BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, name)
);
CREATE UNIQUE INDEX sources_port ON sources (port) WHERE port <> 0;

CREATE TABLE source_activity (
    tenant_id TEXT   NOT NULL,
    source_id TEXT   NOT NULL,
    last_seen BIGINT NOT NULL,
    records   BIGINT NOT NULL,
    unparsed  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, source_id),
    FOREIGN KEY (tenant_id, source_id) REFERENCES sources (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE alerts (
    tenant_id   TEXT   NOT NULL REFERENCES tenants (id),
    id          TEXT   NOT NULL,
    fingerprint TEXT   NOT NULL,
    rule_id     TEXT   NOT NULL,
    title       TEXT   NOT NULL,
    level       TEXT   NOT NULL,
    tags        TEXT   NOT NULL,
    models      TEXT   NOT NULL,
    entities    TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    verdict     TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    assignee    TEXT   NOT NULL,
    count       BIGINT NOT NULL,
    first_at    BIGINT NOT NULL,
    last_at     BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    updated_by  TEXT   NOT NULL,
    version     BIGINT NOT NULL,
    moved_version BIGINT NOT NULL, -- version the latest change of state made; firings raise only version
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX alerts_fingerprint ON alerts (tenant_id, fingerprint, id);
CREATE INDEX alerts_id ON alerts (id);
CREATE INDEX alerts_state ON alerts (tenant_id, state, id);

CREATE TABLE alert_evidence (
    tenant_id TEXT   NOT NULL,
    alert_id  TEXT   NOT NULL,
    event_id  TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    matches   TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, alert_id, event_id),
    FOREIGN KEY (tenant_id, alert_id) REFERENCES alerts (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE alert_transitions (
    tenant_id  TEXT   NOT NULL,
    alert_id   TEXT   NOT NULL,
    seq        BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    actor      TEXT   NOT NULL,
    from_state TEXT   NOT NULL,
    to_state   TEXT   NOT NULL,
    verdict    TEXT   NOT NULL,
    reason     TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, alert_id, seq),
    FOREIGN KEY (tenant_id, alert_id) REFERENCES alerts (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE alert_progress (
    tenant_id TEXT   NOT NULL,
    shard     BIGINT NOT NULL,
    sequence  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, shard)
);

-- Chains outlive their tenant, so neither table refers to tenants. tenant_id 'provider' is the platform's own chain.
CREATE TABLE audit_heads (
    tenant_id TEXT   NOT NULL PRIMARY KEY,
    seq       BIGINT NOT NULL,
    hash      TEXT   NOT NULL
);

CREATE TABLE audit_entries (
    tenant_id    TEXT    NOT NULL,
    seq          BIGINT  NOT NULL,
    at           BIGINT  NOT NULL,
    actor        TEXT    NOT NULL,
    actor_id     TEXT    NOT NULL,
    provider     BOOLEAN NOT NULL,
    remote       TEXT    NOT NULL,
    session      TEXT    NOT NULL,
    action       TEXT    NOT NULL,
    object       TEXT    NOT NULL,
    before_state TEXT    NOT NULL,
    after_state  TEXT    NOT NULL,
    reason       TEXT    NOT NULL,
    prev_hash    TEXT    NOT NULL,
    hash         TEXT    NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);
CREATE INDEX audit_entries_at ON audit_entries (tenant_id, at);
