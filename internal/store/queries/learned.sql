-- name: InsertProposal :exec
INSERT INTO parser_proposals (tenant_id, id, source_id, reason, state, shape, lines, unclaimed, covered, formats, fields, mapped, content, created_at, decided_at, decided_by, note, pack_version, version)
VALUES ($1, $2, $3, $4, 'open', $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, '', '', 0, 1);

-- name: RenewProposal :execrows
UPDATE parser_proposals
SET reason = sqlc.arg(reason), shape = sqlc.arg(shape), lines = sqlc.arg(lines), unclaimed = sqlc.arg(unclaimed), covered = sqlc.arg(covered),
    formats = sqlc.arg(formats), fields = sqlc.arg(fields), mapped = sqlc.arg(mapped), content = sqlc.arg(content), created_at = sqlc.arg(created_at),
    version = version + 1
WHERE tenant_id = sqlc.arg(tenant_id) AND id = sqlc.arg(id) AND version = sqlc.arg(version) AND state = 'open';

-- name: DecideProposal :execrows
UPDATE parser_proposals
SET state = sqlc.arg(state), covered = sqlc.arg(covered), formats = sqlc.arg(formats), fields = sqlc.arg(fields), mapped = sqlc.arg(mapped),
    content = sqlc.arg(content), decided_at = sqlc.arg(decided_at), decided_by = sqlc.arg(decided_by), note = sqlc.arg(note),
    pack_version = sqlc.arg(pack_version), version = version + 1
WHERE tenant_id = sqlc.arg(tenant_id) AND id = sqlc.arg(id) AND version = sqlc.arg(version) AND state = 'open';

-- name: ProposalByID :one
SELECT * FROM parser_proposals WHERE tenant_id = $1 AND id = $2;

-- name: ForgetProposals :exec
DELETE FROM parser_proposals
WHERE parser_proposals.tenant_id = sqlc.arg(tenant_id) AND parser_proposals.source_id = sqlc.arg(source_id) AND parser_proposals.state <> 'open'
  AND parser_proposals.id NOT IN (
    SELECT k.id FROM parser_proposals k WHERE k.tenant_id = sqlc.arg(tenant_id) AND k.source_id = sqlc.arg(source_id) ORDER BY k.id DESC LIMIT sqlc.arg(kept));

-- tenant-wide: AllTenants only
-- name: AllOpenProposals :many
SELECT tenant_id, source_id, id FROM parser_proposals WHERE state = 'open' ORDER BY tenant_id, source_id;

-- name: InsertParserPack :exec
INSERT INTO parser_packs (tenant_id, source_id, version, pack_id, state, formats, proposal_id, content, created_at, created_by, changed_at, changed_by)
VALUES ($1, $2, $3, $4, 'active', $5, $6, $7, $8, $9, $10, $11);

-- name: RetireParserPacks :execrows
UPDATE parser_packs SET state = 'retired', changed_at = sqlc.arg(changed_at), changed_by = sqlc.arg(changed_by)
WHERE tenant_id = sqlc.arg(tenant_id) AND source_id = sqlc.arg(source_id) AND state = 'active';

-- name: ActivateParserPack :execrows
UPDATE parser_packs SET state = 'active', changed_at = sqlc.arg(changed_at), changed_by = sqlc.arg(changed_by)
WHERE tenant_id = sqlc.arg(tenant_id) AND source_id = sqlc.arg(source_id) AND version = sqlc.arg(version);

-- name: ParserPacksOf :many
SELECT tenant_id, source_id, version, pack_id, state, formats, proposal_id, created_at, created_by, changed_at, changed_by
FROM parser_packs WHERE tenant_id = $1 AND source_id = $2 ORDER BY version DESC;

-- name: ParserPack :one
SELECT * FROM parser_packs WHERE tenant_id = sqlc.arg(tenant_id) AND source_id = sqlc.arg(source_id) AND version = sqlc.arg(version);

-- name: ParserPackIDs :many
SELECT DISTINCT source_id, pack_id FROM parser_packs WHERE tenant_id = $1;

-- name: ForgetParserPacks :exec
DELETE FROM parser_packs
WHERE tenant_id = sqlc.arg(tenant_id) AND source_id = sqlc.arg(source_id) AND state <> 'active' AND version <= sqlc.arg(upto);

-- tenant-wide: AllTenants only
-- name: AllActiveParserPacks :many
SELECT tenant_id, source_id, version, pack_id, changed_at FROM parser_packs WHERE state = 'active' ORDER BY tenant_id, source_id;

-- name: PutSourceTemplate :exec
INSERT INTO source_templates (tenant_id, source_id, id, template, count, after, first_at, last_at, sample)
SELECT s.tenant_id, s.id, sqlc.arg(id), sqlc.arg(template), sqlc.arg(count), sqlc.arg(after), sqlc.arg(first_at), sqlc.arg(last_at), sqlc.arg(sample)
FROM sources s WHERE s.tenant_id = sqlc.arg(tenant_id) AND s.id = sqlc.arg(source_id)
ON CONFLICT (tenant_id, source_id, id) DO UPDATE
SET template = excluded.template, count = excluded.count, after = excluded.after, first_at = excluded.first_at, last_at = excluded.last_at, sample = excluded.sample;

-- name: ForgetSourceTemplate :exec
DELETE FROM source_templates WHERE tenant_id = sqlc.arg(tenant_id) AND source_id = sqlc.arg(source_id) AND id = sqlc.arg(id);

-- name: SourceTemplatesOf :many
SELECT * FROM source_templates WHERE tenant_id = $1 AND source_id = $2 ORDER BY count DESC, id;
