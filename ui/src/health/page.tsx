import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ask, client, type Component, type Health } from '../client';
import { DataTable, type Column } from '../kit/data-table';
import { bytes, count, duration, share } from '../kit/number';
import { Page, Section } from '../kit/page';
import { Empty, Failure, Loading } from '../kit/states';
import { componentName, Detail } from './component';
import './health.css';

const refresh = 5_000; // ms
/** How the installation is, by itself up to date. */
export function HealthPage() {
  const { t } = useTranslation();
  const health = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/health', { signal })),
    refetchInterval: refresh,
  });
  return (
    <Page title={t('health.title')} count={health.data && <Status status={health.data.status} />}>
      {health.error && <Failure error={health.error} retry={() => void health.refetch()} />}
      {health.data ? <Parts health={health.data} /> : !health.error && <Loading />}
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
  const columns: Column<Component>[] = [
    { key: 'name', title: t('health.component'), kind: 'min', render: (row) => componentName(t, row.name) },
    { key: 'status', title: t('health.statusTitle'), kind: 'min', render: (row) => <Status status={row.status} /> },
    { key: 'detail', title: t('health.detail'), kind: 'wide', render: (row) => <Detail component={row} /> },
  ];
  return (
    <>
      <DataTable
        label={t('health.components')}
        columns={columns}
        rows={health.components}
        rowKey={(row) => row.name}
        empty={<Empty title={t('health.noComponents')} />}
      />
      <Figures health={health} />
    </>
  );
}

function Figures({ health }: { health: Health }) {
  const { t, i18n } = useTranslation();
  const { queue, archive, ingest, rules } = health;
  const name = (value: number) => count(value, i18n.language);
  return (
    <div className="figures">
      <Section title={t('health.ingest')}>
        <dl className="pairs">
          <dt>{t('health.received')}</dt><dd>{name(ingest.received)}</dd>
          <dt>{t('health.rejected')}</dt><dd>{name(ingest.rejected)}</dd>
          <dt>{t('health.unparsed')}</dt><dd>{name(ingest.unparsed)} <span className="faint">({share(ingest.unparsed, ingest.received)})</span></dd>
        </dl>
      </Section>
      <Section title={t('health.queue')}>
        <dl className="pairs">
          <dt>{t('health.pending')}</dt><dd>{name(queue.pending)}</dd>
          <dt>{t('health.lag')}</dt><dd>{duration(queue.lag_s * 1000)}</dd>
          <dt>{t('health.size')}</dt><dd>{bytes(queue.bytes)} / {bytes(queue.max_bytes)} <span className="faint">({share(queue.bytes, queue.max_bytes)})</span></dd>
        </dl>
      </Section>
      <Section title={t('health.archive')}>
        <dl className="pairs">
          <dt>{t('health.rows')}</dt><dd>{name(archive.rows)}</dd>
          <dt>{t('health.disk')}</dt><dd>{bytes(archive.disk_bytes)}</dd>
          <dt>{t('health.free')}</dt><dd>{bytes(archive.free_bytes)} {archive.read_only && <span className="tag bad">{t('health.readOnly')}</span>}</dd>
          <dt>{t('health.dropped')}</dt><dd>{archive.dropped_rows > 0 ? <span className="tag warn">{name(archive.dropped_rows)}</span> : '0'}</dd>
        </dl>
      </Section>
      <Section title={t('health.rules')}>
        <dl className="pairs">
          <dt>{t('health.loaded')}</dt><dd>{name(rules.loaded)}</dd>
          <dt>{t('health.refused')}</dt><dd>{rules.refused > 0 ? <span className="tag warn">{name(rules.refused)}</span> : '0'}</dd>
        </dl>
      </Section>
      <Section title={t('health.process')}>
        <dl className="pairs">
          <dt>{t('health.version')}</dt><dd><code>{health.version}</code> <span className="faint">{health.commit.slice(0, 12)}</span></dd>
          <dt>{t('health.uptime')}</dt><dd>{duration(health.uptime_s * 1000)}</dd>
        </dl>
      </Section>
    </div>
  );
}
