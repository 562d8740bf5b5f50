-- +goose Up
-- Names of client certificates whose syslog over TLS belongs to a source; one a line.
ALTER TABLE sources ADD COLUMN cert_names TEXT NOT NULL DEFAULT '';
