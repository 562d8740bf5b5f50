import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { CoveredRule, Source } from '../client';
import { useCan } from '../identity/session';
import { DataTable, type Column } from '../kit/data-table';
import { count } from '../kit/number';
import { Section } from '../kit/page';
import { Severity } from '../kit/severity';
import { Failure, Loading } from '../kit/states';
import { At } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { useRuleWords } from '../rule/words';
import { useKindName } from './kinds';
import { coverageQuery } from './queries';
import './source.css';

const route = getRouteApi('/shell/sources/$id');
const few = 8; // rows while not all are asked for

/** Which rules rest on the source: what is lost while it is silent, or would be. */
export function Coverage({ source, slug }: { source: Source; slug: string }) {
  const { t, i18n } = useTranslation();
  const kindName = useKindName();
  const { rules: asked } = route.useSearch();
  const navigate = route.useNavigate();
  const all = asked === 'all';
  const coverage = useQuery(coverageQuery(source.tenant, source.id, source.last_seen));
  const found = coverage.data;
  const n = (value: number) => count(value, i18n.language);
  const columns = useColumns();
  const silent = source.health.state === 'silent';
  const rows = found && (all ? found.rules : found.rules.slice(0, few));
  const total = found ? found.sole + found.shared : 0;
  return (
    <Section
      title={t(silent ? 'source.coverage.lost' : 'source.coverage.title')}
      extra={found && total > few && (
        <Button type="link" size="small" aria-expanded={all} onClick={() => void navigate({ search: (before) => ({ ...before, rules: all ? undefined : 'all' as const }), replace: true })}>
          {all ? t('source.coverage.few') : t('source.coverage.all', { count: total, shown: n(total) })}
        </Button>
      )}
    >
      {coverage.error && !found && <Failure error={coverage.error} retry={() => void coverage.refetch()} />}
      {!found && !coverage.error && <Loading lines={3} />}
      {found?.basis === 'unknown' && <p>{t('source.coverage.unknown', { kind: kindName(source.kind) })}</p>}
      {found?.basis === 'kind' && <p>{t('source.coverage.expected', { kind: kindName(source.kind), count: total, shown: n(total) })}</p>}
      {found?.basis === 'records' && (
        <>
          <p className={silent && found.sole > 0 ? 'notice bad' : ''}>
            <strong>
              {found.sole === 0 ? t(silent ? 'source.coverage.none' : 'source.coverage.wouldNone')
                : t(silent ? 'source.coverage.blind' : 'source.coverage.wouldBlind', { count: found.sole, shown: n(found.sole) })}
            </strong>
            {found.shared > 0 && <> {t(silent ? 'source.coverage.less' : 'source.coverage.wouldLess', { count: found.shared, shown: n(found.shared) })}</>}
            {found.main > 0 && <> {t('source.coverage.main', { count: found.main, shown: n(found.main) })}</>}
          </p>
          <p className="soft">
            {t('source.coverage.basis', { count: found.records, shown: n(found.records) })} <At at={found.from} />
            {found.partial && <> · {t('source.coverage.partial')}</>}
          </p>
          <Datasets source={source} slug={slug} from={found.from} datasets={found.datasets} />
        </>
      )}
      {rows && rows.length > 0 && (
        <DataTable still label={t('source.coverage.title')} columns={found.basis === 'records' ? columns : columns.slice(0, -1)} rows={rows} rowKey={(row) => row.id} empty={null} />
      )}
      {all && found && total > found.rules.length && <p className="soft">{t('source.coverage.cut', { count: found.rules.length, shown: n(found.rules.length), total: n(total) })}</p>}
    </Section>
  );
}

function Datasets({ source, slug, from, datasets }: { source: Source; slug: string; from: string | undefined; datasets: { name: string; records: number }[] }) {
  const { i18n } = useTranslation();
  const can = useCan();
  return (
    <p className="row coverage-datasets">
      {datasets.map((each) => {
        const shown = <><code><Untrusted value={each.name} /></code> {count(each.records, i18n.language)}</>;
        if (!can('event.search')) return <span key={each.name}>{shown}</span>;
        const q = `isoc.source.id:=${source.id} event.dataset:=${JSON.stringify(each.name)}`;
        return <Link key={each.name} to="/search" search={{ tenant: slug, q, from, to: 'now' }}>{shown}</Link>;
      })}
    </p>
  );
}

function useColumns(): Column<CoveredRule>[] {
  const { t } = useTranslation();
  const words = useRuleWords();
  const can = useCan();
  return [
    { key: 'level', title: t('alert.level'), kind: 'min', render: (row) => <Severity level={row.level} /> },
    {
      key: 'title', title: t('source.coverage.rule'), kind: 'wide',
      render: (row) => can('rule.read') ? <Link to="/rules/$id" params={{ id: row.id }}><Untrusted value={words.title(row)} /></Link> : <Untrusted value={words.title(row)} />,
    },
    { key: 'logsource', title: t('source.coverage.logsource'), kind: 'min', wideOnly: true, render: ({ logsource }) => <code>{[logsource.product, logsource.category, logsource.service].filter(Boolean).join(' / ')}</code> },
    { key: 'sole', title: t('source.coverage.fed'), kind: 'min', render: (row) => row.sole ? <strong>{t('source.coverage.alone')}</strong> : row.main ? t('source.coverage.mostly') : <span className="soft">{t('source.coverage.others')}</span> },
  ];
}
