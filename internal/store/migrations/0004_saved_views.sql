-- +goose Up
-- Filters of a page that people keep under a name. tenant_id is the owner's side: a customer's id, or 'provider' for the provider's
-- staff, as in the audit chains; hence no reference to tenants.

CREATE TABLE saved_views (
    tenant_id  TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    user_id    TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    owner      TEXT    NOT NULL,
    page       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    search     TEXT    NOT NULL,
    shared     BOOLEAN NOT NULL,
    created_at BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL,
    updated_by TEXT    NOT NULL,
    version    BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, user_id, page, name)
);

-- Which view a person opens a page with.
CREATE TABLE saved_view_defaults (
    tenant_id TEXT NOT NULL,
    user_id   TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    page      TEXT NOT NULL,
    view_id   TEXT NOT NULL,
    PRIMARY KEY (tenant_id, user_id, page),
    FOREIGN KEY (tenant_id, view_id) REFERENCES saved_views (tenant_id, id) ON DELETE CASCADE
);
