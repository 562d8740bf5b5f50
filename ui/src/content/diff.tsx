import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PackDiff, RuleChange } from '../client';
import { Choice } from '../kit/choice';
import { DataTable, type Column } from '../kit/data-table';
import { count } from '../kit/number';
import { Page } from '../kit/page';
import { SearchField } from '../kit/search-field';
import { Severity } from '../kit/severity';
import { Empty, Failure, Loading } from '../kit/states';
import { TextDiff } from '../kit/text-diff';
import { At } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { PackActs } from './acts';
import './content.css';
import { changeKinds, changeMarks, type DiffParams } from './params';
import { diffQuery, diffTextQuery } from './queries';
import { release, Signature, Standing } from './words';

const route = getRouteApi('/shell/packs/$id');
const step = 200; // rows shown at once

/** One version of a pack: what it is, and what putting it in force would change. */
export function PackPage() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const diff = useQuery(diffQuery(id, params.base));
  if (diff.error && !diff.data) return <Page title={t('content.title')}><Failure error={diff.error} retry={() => void diff.refetch()} /></Page>;
  if (!diff.data) return <Page title={t('content.title')}><Loading lines={12} /></Page>;
  const { pack, base } = diff.data;
  return (
    <Page
      title={<><Untrusted value={pack.name} /> <Untrusted value={release(pack)} /></>}
      tab={`${pack.name} ${release(pack)}`}
      actions={<PackActs pack={pack} main gone={() => void navigate({ to: '/packs' })} />}
    >
      <div className="row"><Standing pack={pack} /><Signature pack={pack} /></div>
      {pack.signature === 'revoked' && <p className="notice warn">{t('content.signature.revokedText')}</p>}
      {pack.signature === 'none' && <p className="notice warn">{t('content.signature.noneText')}</p>}
      <Facts diff={diff.data} />
      <p className="soft">
        {base
          ? t(pack.active ? 'content.diff.since' : 'content.diff.against', { version: release(base) })
          : t('content.diff.first')}
        {' '}{t('content.diff.same', { count: diff.data.same })}
      </p>
      <Changes diff={diff.data} params={params} />
    </Page>
  );
}

function Facts({ diff: { pack } }: { diff: PackDiff }) {
  const { t, i18n } = useTranslation();
  return (
    <dl className="pairs">
      {pack.title && <><dt>{t('content.packTitle')}</dt><dd><Untrusted value={(i18n.language === 'zh-CN' && pack.title_zh) || pack.title} /></dd></>}
      {pack.author && <><dt>{t('rule.author')}</dt><dd><Untrusted value={pack.author} /></dd></>}
      {pack.licence && <><dt>{t('rule.license')}</dt><dd><Untrusted value={pack.licence} /></dd></>}
      <dt>{t('content.rules')}</dt>
      <dd>
        <Link to="/rules" search={{ pack: pack.id }}>{count(pack.rules, i18n.language)}</Link>
        {pack.refused > 0 && <> · <Link to="/rules" search={{ pack: pack.id, state: 'refused' }}>{t('content.refusedOf', { count: pack.refused })}</Link></>}
      </dd>
      <dt>{t('content.imported')}</dt>
      <dd><At at={pack.imported_at} /> · {pack.imported_by}{pack.origin.startsWith('https:') && <> · <Untrusted value={pack.origin} /></>}</dd>
      <dt>SHA-256</dt><dd><code>{pack.digest}</code></dd>
    </dl>
  );
}

function marked(change: RuleChange, mark: DiffParams['only']): boolean {
  switch (mark) {
    case 'conflict': return change.edited;
    case 'logic': return change.kind === 'changed' && change.logic;
    case 'failing': return change.failing > 0;
    case 'level': return change.kind === 'changed' && change.level_before !== change.level;
    default: return true;
  }
}

function Changes({ diff, params }: { diff: PackDiff; params: DiffParams }) {
  const { t, i18n } = useTranslation();
  const navigate = route.useNavigate();
  const [shown, setShown] = useState(step);
  const columns = useColumns();
  const set = (change: DiffParams) => {
    setShown(step);
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  };
  const q = params.q?.toLowerCase() ?? '';
  const others = diff.changes.filter((change) => marked(change, params.only) && [change.title, change.title_zh, change.rule, change.path].some((text) => text.toLowerCase().includes(q)));
  const rows = others.filter((change) => !params.kind || change.kind === params.kind);
  const of = (kind: RuleChange['kind']) => others.filter((change) => change.kind === kind).length;
  if (diff.changes.length === 0) return <Empty title={t('content.diff.none')} />;
  return (
    <>
      <div className="row">
        <SearchField value={params.q ?? ''} label={t('content.diff.find')} onChange={(next) => set({ q: next || undefined })} />
        <Choice
          label={t('content.diff.kindTitle')}
          any={t('content.diff.anyKind', { count: others.length })}
          value={params.kind}
          options={changeKinds.filter((kind) => of(kind) > 0 || kind === params.kind).map((kind) => ({ value: kind, label: `${t(`content.diff.kind.${kind}`)} ${count(of(kind), i18n.language)}` }))}
          set={(kind) => set({ kind })}
        />
        <Choice
          label={t('content.diff.markTitle')}
          any={t('content.diff.anyMark')}
          value={params.only}
          options={changeMarks.map((mark) => ({ value: mark, label: t(`content.diff.mark.${mark}`) }))}
          set={(only) => set({ only })}
        />
      </div>
      <DataTable
        label={t('content.diff.title')}
        columns={columns}
        rows={rows.slice(0, shown)}
        rowKey={(row) => `${row.kind} ${row.rule} ${row.path} ${row.reason}`}
        expand={(row) => <Text pack={diff.pack.id} base={params.base} change={row} />}
        empty={<Empty title={t('rule.none')} />}
        more={{ has: rows.length > shown, busy: false, load: () => setShown(shown + step) }}
      />
    </>
  );
}

const looks = { added: 'tag good', changed: 'tag accent', removed: 'tag', refused: 'tag warn' };

function useColumns(): Column<RuleChange>[] {
  const { t, i18n } = useTranslation();
  return [
    { key: 'kind', title: t('content.diff.kindTitle'), kind: 'min', render: (row) => <span className={looks[row.kind]}>{t(`content.diff.kind.${row.kind}`)}</span> },
    {
      key: 'title',
      title: t('rule.rule'),
      kind: 'wide',
      render: (row) => (
        <span className="pack-marks">
          <Untrusted value={(i18n.language === 'zh-CN' && row.title_zh) || row.title} />
          {row.conflict && <span className="tag bad">{t('content.diff.conflict')}</span>}
          {row.edited && !row.conflict && <span className="tag">{t('content.diff.edited')}</span>}
          {row.kind === 'changed' && <span className={row.logic ? 'tag warn' : 'tag'}>{t(row.logic ? 'content.diff.logic' : 'content.diff.texts')}</span>}
          {row.covered && <span className="tag">{t('content.diff.covered', { pack: row.covered })}</span>}
          {row.failing > 0 && <span className="tag warn">{t('content.diff.failing', { count: row.failing })}</span>}
          {row.was && <span className="tag bad">{t('content.diff.lost')}</span>}
        </span>
      ),
    },
    {
      key: 'level',
      title: t('content.level'),
      kind: 'min',
      wideOnly: true,
      render: (row) => (
        <span className="row tight">
          {row.level_before && row.kind === 'changed' && row.level_before !== row.level && <><Severity level={row.level_before} /> →</>}
          {row.level && <Severity level={row.level} />}
        </span>
      ),
    },
    { key: 'source', title: t('rule.logsource'), kind: 'min', wideOnly: true, render: (row) => <Untrusted value={[row.logsource.product, row.logsource.category, row.logsource.service].filter(Boolean).join(' / ')} /> },
  ];
}

function Text({ pack, base, change }: { pack: string; base: string | undefined; change: RuleChange }) {
  const { t } = useTranslation();
  const text = useQuery({ ...diffTextQuery(pack, base, change.rule), enabled: change.kind !== 'refused' || change.was });
  return (
    <div className="stack tight">
      {change.reason && <p className="notice warn"><Untrusted value={change.reason} /></p>}
      {change.failing > 0 && <p className="notice warn">{t('content.diff.failingText', { count: change.failing })}</p>}
      {change.edited && (
        <p className={change.conflict ? 'notice warn' : 'notice'}>
          {t(change.conflict ? 'content.diff.conflictText' : 'content.diff.editedText')}{' '}
          <Link to="/rules/$id" params={{ id: change.rule }}>{t('content.diff.toRule')}</Link>
        </p>
      )}
      <p className="faint"><code><Untrusted value={change.path} /></code> · <code><Untrusted value={change.rule} /></code></p>
      {text.error && <Failure error={text.error} retry={() => void text.refetch()} />}
      {text.isFetching && !text.data && <Loading lines={4} />}
      {text.data && <TextDiff hunks={text.data.hunks} />}
    </div>
  );
}
