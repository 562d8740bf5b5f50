import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ask, client, type Component, type Health } from '../client';
import { useCan, useMe } from '../identity/session';
import { DataTable, type Column } from '../kit/data-table';
import { useLive } from '../kit/live';
import { bytes, count, duration } from '../kit/number';
import { Page, Section } from '../kit/page';
import { Empty, Failure, Loading } from '../kit/states';
import { Blind } from '../overview/blind';
import { lostQuery } from '../overview/queries';
import { allSourcesQuery } from '../source/queries';
import { Advice, componentName, Detail } from './component';
import { Figures } from './figures-table';
import './health.css';
import { SlowRules } from './slow';

const refresh = 5_000; // ms
const often = 15_000; // ms; the history moves by the minute
const seldom = 60_000; // ms
/** How the installation is, by itself up to date. */
export function HealthPage() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const can = useCan();
  const again = () => void queries.invalidateQueries({ queryKey: ['health'] });
  useLive({ health: again, resync: again });
  const health = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/health', { signal })),
    refetchInterval: refresh,
  });
  const history = useQuery({
    queryKey: ['health', 'history'],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/health/history', { signal })),
    refetchInterval: often,
  });
  const sources = useQuery({ ...allSourcesQuery({ state: 'silent,degraded' }), refetchInterval: seldom, enabled: can('source.read') });
  const lost = useQuery({ ...lostQuery(undefined), enabled: (sources.data?.states.silent ?? 0) > 0 });
  const several = useMe().tenants.length > 1;
  return (
    <Page title={t('health.title')} count={health.data && <Status status={health.data.status} />}>
      {health.error && <Failure error={health.error} retry={() => void health.refetch()} />}
      {!health.data && !health.error && <Loading />}
      {health.data && (
        <>
          <Parts health={health.data} />
          <Figures health={health.data} history={history.data} />
        </>
      )}
      {health.data && can('rule.read') && <SlowRules />}
      {health.data && can('source.read') && (
        sources.data && sources.data.items.length > 0
          ? <Blind page={sources.data} lost={lost.data?.items} several={several} />
          : (
            <Section title={t('health.sources')}>
              {sources.error ? <Failure error={sources.error} retry={() => void sources.refetch()} /> : <p className="soft">{sources.data ? t('health.noSilent') : t('kit.loading')}</p>}
            </Section>
          )
      )}
    </Page>
  );
}

const tones = { ok: 'good', degraded: 'warn', down: 'bad' };
const signs = { ok: '✓', degraded: '!', down: '✕' };

function Status({ status }: { status: Health['status'] }) {
  const { t } = useTranslation();
  return <span className={`tag ${tones[status]}`}>{signs[status]} {t(`health.status.${status}`)}</span>;
}

function Parts({ health }: { health: Health }) {
  const { t } = useTranslation();
  const brief = useBrief(health);
  const columns: Column<Component>[] = [
    { key: 'name', title: t('health.component'), kind: 'min', render: (row) => componentName(t, row.name) },
    { key: 'status', title: t('health.statusTitle'), kind: 'min', render: (row) => <Status status={row.status} /> },
    { key: 'detail', title: t('health.detail'), kind: 'wide', render: (row) => <Detail component={row} brief={brief(row)} /> },
  ];
  return (
    <DataTable
      label={t('health.components')}
      columns={columns}
      rows={health.components}
      rowKey={(row) => row.name}
      expand={(row) => <Advice component={row} />}
      empty={<Empty title={t('health.noComponents')} />}
    />
  );
}

/** The one figure of a component that says most while nothing is wrong. */
function useBrief(health: Health): (component: Component) => string {
  const { t, i18n } = useTranslation();
  const { queue, archive, rules, store, disk, process } = health;
  const n = (value: number) => count(value, i18n.language);
  return ({ name }) => {
    switch (name) {
      case 'store': return `${store.engine === 'sqlite' ? 'SQLite' : 'PostgreSQL'} ${store.engine_version} · ${bytes(store.bytes)}`;
      case 'queue': return t('health.brief.queue', { pending: n(queue.pending), size: bytes(queue.bytes) });
      case 'archive': return t('health.brief.archive', { rows: n(archive.rows), size: bytes(archive.disk_bytes) });
      case 'pipeline': return t('health.brief.pipeline', { lag: duration(queue.lag_s * 1000) });
      case 'rules': return t('health.brief.rules', { loaded: n(rules.loaded), refused: n(rules.refused) });
      case 'disk': return t('health.brief.disk', { free: bytes(disk.free_bytes) });
      case 'process': return t('health.brief.process', { size: bytes(process.resident_bytes || process.heap_bytes), uptime: duration(health.uptime_s * 1000) });
      default: return '';
    }
  };
}
