-- name: InsertView :exec
INSERT INTO saved_views (tenant_id, id, user_id, owner, page, name, search, shared, created_at, updated_at, updated_by, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1);

-- name: UpdateView :execrows
UPDATE saved_views
SET name = sqlc.arg(name), search = sqlc.arg(search), shared = sqlc.arg(shared), updated_at = sqlc.arg(updated_at), updated_by = sqlc.arg(updated_by),
    version = version + 1
WHERE tenant_id = sqlc.arg(tenant_id) AND id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: DeleteView :execrows
DELETE FROM saved_views WHERE tenant_id = $1 AND id = $2;

-- name: ViewByID :one
SELECT * FROM saved_views WHERE tenant_id = $1 AND id = $2;

-- name: CountViews :one
SELECT count(*) FROM saved_views WHERE tenant_id = $1 AND user_id = $2;

-- name: ViewsFor :many
SELECT * FROM saved_views WHERE tenant_id = sqlc.arg(tenant_id) AND (user_id = sqlc.arg(user_id) OR shared) ORDER BY name, id;

-- name: ViewDefaultsOf :many
SELECT * FROM saved_view_defaults WHERE tenant_id = $1 AND user_id = $2;

-- name: PutViewDefault :exec
INSERT INTO saved_view_defaults (tenant_id, user_id, page, view_id) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant_id, user_id, page) DO UPDATE SET view_id = excluded.view_id;

-- name: DeleteViewDefault :exec
DELETE FROM saved_view_defaults WHERE tenant_id = sqlc.arg(tenant_id) AND user_id = sqlc.arg(user_id) AND page = sqlc.arg(page);

-- name: DeleteViewDefaultsOfOthers :exec
-- What the others of the side opened a page with, when its owner shares a view no longer.
DELETE FROM saved_view_defaults WHERE tenant_id = sqlc.arg(tenant_id) AND view_id = sqlc.arg(view_id) AND user_id <> sqlc.arg(user_id);
