-- name: InsertUser :exec
INSERT INTO users (id, username, name, password_hash, provider_role, locale, disabled, credentials_at, created_at, updated_at, updated_by, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1);

-- name: UpdateUser :execrows
UPDATE users
SET name = sqlc.arg(name), password_hash = sqlc.arg(password_hash), provider_role = sqlc.arg(provider_role),
    locale = sqlc.arg(locale), disabled = sqlc.arg(disabled), credentials_at = sqlc.arg(credentials_at),
    updated_at = sqlc.arg(updated_at), updated_by = sqlc.arg(updated_by), version = version + 1
WHERE id = sqlc.arg(id) AND version = sqlc.arg(version);

-- A log-in is no change of the user: version and updated_at stay.
-- name: NoteLogin :exec
UPDATE users SET last_login_at = $1, last_login_from = $2 WHERE id = $3;

-- name: UserByID :one
SELECT * FROM users WHERE id = $1;

-- name: UserByUsername :one
SELECT * FROM users WHERE username = $1;

-- name: Users :many
SELECT * FROM users ORDER BY username;

-- name: CountActiveAdmins :one
SELECT COUNT(*) FROM users WHERE provider_role = 'provider_admin' AND NOT disabled AND id <> $1;

-- name: Memberships :many
SELECT * FROM memberships ORDER BY user_id, tenant;

-- name: MembersByTenant :many
SELECT m.tenant, COUNT(*) AS users, CAST(MAX(u.last_login_at) AS BIGINT) AS last_login_at
FROM memberships m JOIN users u ON u.id = m.user_id GROUP BY m.tenant;

-- name: MembershipsOf :many
SELECT * FROM memberships WHERE user_id = $1 ORDER BY tenant;

-- name: InsertMembership :exec
INSERT INTO memberships (user_id, tenant, role) VALUES ($1, $2, $3);

-- name: DeleteMemberships :exec
DELETE FROM memberships WHERE user_id = $1;

-- name: InsertToken :exec
INSERT INTO tokens (id, user_id, name, hash, hint, created_at, expires_at, last_used_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0);

-- name: TokenByHash :one
SELECT * FROM tokens WHERE hash = $1;

-- name: TokensOf :many
SELECT * FROM tokens WHERE user_id = $1 ORDER BY id DESC;

-- name: DeleteToken :execrows
DELETE FROM tokens WHERE id = $1 AND user_id = $2;

-- name: DeleteTokensOf :exec
DELETE FROM tokens WHERE user_id = $1;

-- name: DeleteExpiredTokens :exec
DELETE FROM tokens WHERE expires_at <> 0 AND expires_at <= $1;

-- name: TouchToken :exec
UPDATE tokens SET last_used_at = $1 WHERE id = $2;
