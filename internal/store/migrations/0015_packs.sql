-- +goose Up
-- Packs are signed, staged and fetched: what their makers say of them, whose signature they bear, where they came from and when they were in force.

ALTER TABLE content_packs ADD COLUMN release TEXT NOT NULL DEFAULT '';
ALTER TABLE content_packs ADD COLUMN signer TEXT NOT NULL DEFAULT ''; -- key id
ALTER TABLE content_packs ADD COLUMN origin TEXT NOT NULL DEFAULT '';
ALTER TABLE content_packs ADD COLUMN details TEXT NOT NULL DEFAULT '{}'; -- JSON
ALTER TABLE content_packs ADD COLUMN activated_at BIGINT NOT NULL DEFAULT 0;
UPDATE content_packs SET activated_at = imported_at; -- imports were activated at once until now

CREATE TABLE content_keys (
    id         TEXT   NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL,
    public_key TEXT   NOT NULL, -- base64
    added_at   BIGINT NOT NULL,
    added_by   TEXT   NOT NULL,
    revoked_at BIGINT NOT NULL, -- 0 while trusted
    revoked_by TEXT   NOT NULL
);

-- Addresses that packs are fetched from. every is in minutes, 0 only when asked; outcome is what came of the last check, as JSON.
CREATE TABLE content_feeds (
    id         TEXT    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE,
    url        TEXT    NOT NULL,
    every      BIGINT  NOT NULL,
    unsigned   BOOLEAN NOT NULL,
    activate   BOOLEAN NOT NULL,
    created_at BIGINT  NOT NULL,
    created_by TEXT    NOT NULL,
    etag       TEXT    NOT NULL,
    checked_at BIGINT  NOT NULL, -- 0 before the first check
    outcome    TEXT    NOT NULL
);
