-- +goose Up
-- When and from which address somebody last logged in with the password; 0 and empty where nobody has since this was kept.

ALTER TABLE users ADD COLUMN last_login_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN last_login_from TEXT NOT NULL DEFAULT '';
