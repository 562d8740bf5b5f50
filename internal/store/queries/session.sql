-- name: SessionData :one
SELECT data FROM sessions WHERE hash = $1 AND expires_at > $2;

-- name: PutSession :exec
INSERT INTO sessions (hash, data, expires_at) VALUES ($1, $2, $3)
ON CONFLICT (hash) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at;

-- name: DeleteSession :exec
DELETE FROM sessions WHERE hash = $1;

-- name: DeleteExpiredSessions :exec
DELETE FROM sessions WHERE expires_at <= $1;
