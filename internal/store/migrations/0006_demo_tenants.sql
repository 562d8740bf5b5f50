-- +goose Up
-- A customer that the demonstration made: everybody is told, and removing the demonstration deletes it.

ALTER TABLE tenants ADD COLUMN demo BOOLEAN NOT NULL DEFAULT FALSE;
