-- name: InsertPack :exec
INSERT INTO content_packs (id, name, version, digest, imported_at, imported_by, rules, refused, active, builtin, refusals,
    release, signer, origin, details, activated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16);

-- name: InsertRule :exec
INSERT INTO content_rules (pack_id, rule_id, path, title, title_zh, level, status, author, product, category, service, tags, source, kind, samples, failing)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16);

-- name: Packs :many
SELECT id, name, version, digest, imported_at, imported_by, rules, refused, active, builtin, release, signer, origin, details, activated_at
FROM content_packs WHERE NOT local ORDER BY name, version DESC;

-- name: PackRefusals :one
SELECT refusals FROM content_packs WHERE id = $1;

-- name: PackName :one
SELECT name FROM content_packs WHERE id = $1;

-- name: SetActivePack :exec
UPDATE content_packs SET active = (id = sqlc.arg(id)) WHERE name = sqlc.arg(name);

-- name: SetActivatedAt :exec
UPDATE content_packs SET activated_at = $1 WHERE id = $2;

-- name: PackRules :many
SELECT rule_id, path, title, title_zh, level, status, author, product, category, service, tags, source, kind, failing FROM content_rules WHERE pack_id = $1;

-- name: DeletePack :execrows
DELETE FROM content_packs WHERE id = $1 AND NOT local;

-- The text of an id that counts: what was written here, then of active packs before others, of imported packs before built-in ones, then the newest.
-- name: RuleText :one
SELECT r.pack_id, p.name AS pack_name, r.rule_id, r.path, r.title, r.title_zh, r.level, r.status, r.author, r.product, r.category,
       r.service, r.tags, r.source, r.kind, r.failing, p.active
FROM content_rules r JOIN content_packs p ON p.id = r.pack_id
WHERE r.rule_id = $1
ORDER BY p.local DESC, p.active DESC, p.builtin, p.imported_at DESC, p.id DESC LIMIT 1;

-- name: ActiveRuleTexts :many
WITH ranked AS (
    SELECT c.pack_id, c.rule_id, ROW_NUMBER() OVER (PARTITION BY c.rule_id ORDER BY p.local DESC, p.builtin, p.imported_at DESC, p.id DESC) AS place
    FROM content_rules c JOIN content_packs p ON p.id = c.pack_id
    WHERE p.active
)
SELECT r.pack_id, p.name AS pack_name, r.rule_id, r.path, r.title_zh, r.status, r.source, r.failing
FROM ranked w JOIN content_rules r ON r.pack_id = w.pack_id AND r.rule_id = w.rule_id JOIN content_packs p ON p.id = r.pack_id
WHERE w.place = 1
ORDER BY p.name, r.path, r.rule_id;

-- name: InsertKey :exec
INSERT INTO content_keys (id, name, public_key, added_at, added_by, revoked_at, revoked_by) VALUES ($1, $2, $3, $4, $5, 0, '');

-- name: Keys :many
SELECT id, name, public_key, added_at, added_by, revoked_at, revoked_by FROM content_keys ORDER BY name, id;

-- name: RevokeKey :execrows
UPDATE content_keys SET revoked_at = sqlc.arg(at), revoked_by = sqlc.arg(by_user) WHERE id = sqlc.arg(id);

-- name: InsertFeed :exec
INSERT INTO content_feeds (id, name, url, every, unsigned, activate, created_at, created_by, etag, checked_at, outcome)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', 0, '{}');

-- name: Feeds :many
SELECT id, name, url, every, unsigned, activate, created_at, created_by, etag, checked_at, outcome FROM content_feeds ORDER BY name;

-- name: UpdateFeed :execrows
UPDATE content_feeds SET url = $1, every = $2, unsigned = $3, activate = $4, etag = $5 WHERE id = $6;

-- name: SetFeedOutcome :execrows
UPDATE content_feeds SET etag = $1, checked_at = $2, outcome = $3 WHERE id = $4;

-- name: DeleteFeed :execrows
DELETE FROM content_feeds WHERE id = $1;

-- name: FormerPackTexts :many
SELECT r.source, p.name, p.version, p.release
FROM content_rules r JOIN content_packs p ON p.id = r.pack_id
WHERE r.rule_id = $1 AND NOT p.local
ORDER BY p.imported_at DESC, p.id DESC LIMIT $2;
