-- name: InsertSource :exec
INSERT INTO sources (tenant_id, id, name, kind, token_hash, token_hint, senders, port, time_zone, encoding, disabled, created_at, updated_at, updated_by, version, expect_minutes, verdicts_from, cert_names)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1, $15, $16, $17);

-- name: UpdateSource :execrows
UPDATE sources
SET name = sqlc.arg(name), kind = sqlc.arg(kind), token_hash = sqlc.arg(token_hash), token_hint = sqlc.arg(token_hint),
    senders = sqlc.arg(senders), cert_names = sqlc.arg(cert_names), port = sqlc.arg(port), time_zone = sqlc.arg(time_zone), encoding = sqlc.arg(encoding), expect_minutes = sqlc.arg(expect_minutes), verdicts_from = sqlc.arg(verdicts_from),
    disabled = sqlc.arg(disabled), updated_at = sqlc.arg(updated_at), updated_by = sqlc.arg(updated_by), version = version + 1
WHERE tenant_id = sqlc.arg(tenant_id) AND id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: DeleteSource :execrows
DELETE FROM sources WHERE tenant_id = $1 AND id = $2;

-- name: SourceByID :one
SELECT * FROM sources WHERE tenant_id = $1 AND id = $2;

-- name: SourcesOf :many
SELECT * FROM sources WHERE tenant_id = $1 ORDER BY id;

-- tenant-wide: AllTenants only
-- name: AllSources :many
SELECT * FROM sources ORDER BY tenant_id, id;

-- name: ActivityOf :many
SELECT * FROM source_activity WHERE tenant_id = $1 ORDER BY source_id;

-- tenant-wide: AllTenants only
-- name: AllActivity :many
SELECT * FROM source_activity ORDER BY tenant_id, source_id;

-- The source may have been deleted meanwhile; then nothing is written.
-- name: PutActivity :exec
INSERT INTO source_activity (tenant_id, source_id, last_seen, records, unparsed)
SELECT s.tenant_id, s.id, sqlc.arg(last_seen), sqlc.arg(records), sqlc.arg(unparsed)
FROM sources s WHERE s.tenant_id = sqlc.arg(tenant_id) AND s.id = sqlc.arg(source_id)
ON CONFLICT (tenant_id, source_id) DO UPDATE
SET last_seen = excluded.last_seen, records = excluded.records, unparsed = excluded.unparsed;

-- name: PutSourceMinute :exec
INSERT INTO source_minutes (tenant_id, source_id, minute, records, bytes, processed, unparsed, dropped, lag_p50, lag_max)
SELECT s.tenant_id, s.id, sqlc.arg(minute), sqlc.arg(records), sqlc.arg(bytes), sqlc.arg(processed), sqlc.arg(unparsed), sqlc.arg(dropped), sqlc.arg(lag_p50), sqlc.arg(lag_max)
FROM sources s WHERE s.tenant_id = sqlc.arg(tenant_id) AND s.id = sqlc.arg(source_id)
ON CONFLICT (tenant_id, source_id, minute) DO UPDATE
SET records = excluded.records, bytes = excluded.bytes, processed = excluded.processed, unparsed = excluded.unparsed,
    dropped = excluded.dropped, lag_p50 = excluded.lag_p50, lag_max = excluded.lag_max;

-- name: PutSourceHour :exec
INSERT INTO source_hours (tenant_id, source_id, hour, records, bytes, processed, unparsed, dropped, lag_p50, lag_max, pause)
SELECT s.tenant_id, s.id, sqlc.arg(hour), sqlc.arg(records), sqlc.arg(bytes), sqlc.arg(processed), sqlc.arg(unparsed), sqlc.arg(dropped), sqlc.arg(lag_p50), sqlc.arg(lag_max), sqlc.arg(pause)
FROM sources s WHERE s.tenant_id = sqlc.arg(tenant_id) AND s.id = sqlc.arg(source_id)
ON CONFLICT (tenant_id, source_id, hour) DO UPDATE
SET records = excluded.records, bytes = excluded.bytes, processed = excluded.processed, unparsed = excluded.unparsed,
    dropped = excluded.dropped, lag_p50 = excluded.lag_p50, lag_max = excluded.lag_max, pause = excluded.pause;

-- name: SourceMinutes :many
SELECT * FROM source_minutes WHERE tenant_id = $1 AND source_id = $2 AND minute >= $3 ORDER BY minute;

-- name: SourceHours :many
SELECT * FROM source_hours WHERE tenant_id = $1 AND source_id = $2 AND hour >= $3 ORDER BY hour;

-- name: HoursOfSources :many
SELECT * FROM source_hours WHERE tenant_id = $1 AND hour >= $2 ORDER BY source_id, hour;

-- tenant-wide: AllTenants only
-- name: AllMinutesSince :many
SELECT * FROM source_minutes WHERE minute >= $1 ORDER BY tenant_id, source_id, minute;

-- What a start needs to know of hours: the running one, and the pauses from which a source's habit is learned.
-- tenant-wide: AllTenants only
-- name: AllHoursSince :many
SELECT * FROM source_hours WHERE hour >= sqlc.arg(current) OR (hour >= sqlc.arg(since) AND pause > 0) ORDER BY tenant_id, source_id, hour;

-- tenant-wide: AllTenants only
-- name: AllHourRecordsSince :many
SELECT tenant_id, source_id, hour, records, processed, unparsed FROM source_hours WHERE hour >= $1;

-- name: PruneSourceMinutes :exec
DELETE FROM source_minutes WHERE tenant_id = $1 AND source_id = $2 AND minute < $3;

-- name: PruneSourceHours :exec
DELETE FROM source_hours WHERE tenant_id = $1 AND source_id = $2 AND hour < $3;
