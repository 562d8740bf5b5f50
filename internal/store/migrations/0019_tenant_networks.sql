-- +goose Up
-- Networks that a customer calls its own, beside the private ranges; one a line: the network, then its name.
ALTER TABLE tenants ADD COLUMN networks TEXT NOT NULL DEFAULT '';
