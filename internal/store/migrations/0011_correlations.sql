-- +goose Up
-- Documents of content are rules of single events, correlations or filters; of what makes a correlation fire, the alert keeps the parts.

ALTER TABLE content_rules ADD COLUMN kind TEXT NOT NULL DEFAULT 'rule';
ALTER TABLE alert_evidence ADD COLUMN parts TEXT NOT NULL DEFAULT '[]';
