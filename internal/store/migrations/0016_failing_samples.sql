-- +goose Up
-- How many of the samples beside a pack's rule failed when it was imported: such a rule does not run until somebody says so.
ALTER TABLE content_rules ADD COLUMN failing BIGINT NOT NULL DEFAULT 0;
