import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Health, HealthHistory, HealthMinute } from '../client';
import { bytes, count, duration, share } from '../kit/number';
import { Section } from '../kit/page';
import { Spark } from '../kit/spark';
import { Ago } from '../kit/time';
import { beyond, lastMinute, series, shareOfHour } from './figures';

interface Row {
  key: string;
  name: string;
  value: ReactNode;
  /** What it is normally, in words. */
  normal?: string;
  /** Its course over the last hour. */
  course?: (minute: HealthMinute) => number;
}

/** Every figure with its unit, its course over the last hour and what is normal. */
export function Figures({ health, history }: { health: Health; history: HealthHistory | undefined }) {
  const { t } = useTranslation();
  const groups = useGroups(health, history);
  const marked = beyond(health);
  return (
    <>
      <p className="faint figures-note">{t('health.memory')}{history && <Ago at={history.since} />}</p>
      <div className="figures">
        {groups.map(({ title, rows }) => (
          <Section key={title} title={title}>
            <table className="figure-table" aria-label={title}>
              <thead className="skip-head">
                <tr><th scope="col">{t('health.figure')}</th><th scope="col">{t('health.value')}</th><th scope="col">{t('health.lastHour')}</th><th scope="col">{t('health.normal')}</th></tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.key}>
                    <th scope="row">{row.name}</th>
                    <td className="value">{marked.has(row.key) ? <span className="tag warn">! {row.value}</span> : row.value}</td>
                    <td className="course">{row.course && history && <Spark values={series(history, row.course)} label={t('health.course', { name: row.name })} />}</td>
                    <td className="soft">{row.normal}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Section>
        ))}
      </div>
    </>
  );
}

function useGroups(health: Health, history: HealthHistory | undefined): { title: string; rows: Row[] }[] {
  const { t, i18n } = useTranslation();
  const { queue, archive, ingest, rules, store, disk, process } = health;
  const n = (value: number) => count(value, i18n.language);
  const perMinute = (of: (minute: HealthMinute) => number) => {
    const value = lastMinute(history, of);
    return value === undefined ? '–' : t('health.perMinute', { shown: n(value), count: value });
  };
  const received = (minute: HealthMinute) => minute.received;
  const findings = (minute: HealthMinute) => minute.findings;
  const unparsed = shareOfHour(history, (minute) => minute.unparsed, (minute) => minute.parsed);
  const refusals = (['quota', 'suspended', 'unavailable', 'invalid'] as const).filter((reason) => ingest[`rejected_${reason}`] > 0)
    .map((reason) => `${t(`health.rejectedFor.${reason}`)} ${n(ingest[`rejected_${reason}`])}`).join(' · ');
  const line = (key: string, name: string, value: ReactNode, normal?: string, course?: Row['course']): Row => ({ key, name, value, normal, course });
  return [
    {
      title: t('health.flow'),
      rows: [
        line('rate', t('health.received'), perMinute(received), t('health.usual.total', { shown: n(ingest.received) }), received),
        line('rejected', t('health.rejected'), n(ingest.rejected), refusals || t('health.usual.none'), (minute) => minute.rejected),
        line('unparsed', t('health.unparsed'), unparsed === undefined ? '–' : share(unparsed, 1), t('health.usual.unparsed'), (minute) => (minute.parsed === 0 ? 0 : minute.unparsed / minute.parsed)),
        line('findings', t('health.findings'), perMinute(findings), t('health.usual.findings'), findings),
        line('lag', t('health.lag'), duration(queue.lag_s * 1000), t('health.usual.lag'), (minute) => minute.lag_s),
      ],
    },
    {
      title: t('health.queue'),
      rows: [
        line('pending', t('health.pending'), n(queue.pending), t('health.usual.pending'), (minute) => minute.pending),
        line('size', t('health.size'), `${bytes(queue.bytes)} / ${bytes(queue.max_bytes)} (${share(queue.bytes, queue.max_bytes)})`, t('health.usual.size')),
        line('inbox', t('health.inbox'), <Link to="/inbox">{bytes(queue.inbox_bytes)}</Link>, t('health.usual.inbox')),
      ],
    },
    {
      title: t('health.archive'),
      rows: [
        line('rows', t('health.rows'), n(archive.rows)),
        line('disk', t('health.disk'), bytes(archive.disk_bytes), t('health.usual.perRow', { shown: archive.rows > 0 ? bytes(archive.disk_bytes / archive.rows) : '–' })),
        line('retention', t('health.retention'), archive.retention_days.length > 0 ? t('health.days', { shown: archive.retention_days.join(' / ') }) : '–', t('health.usual.retention')),
        line('dropped', t('health.dropped'), n(archive.dropped_rows), t('health.usual.none')),
        line('retimed', t('health.retimed'), n(archive.retimed), t('health.usual.retimed')),
        line('archiveEngine', t('health.engine'), <code>{archive.engine} {archive.engine_version}</code>),
      ],
    },
    {
      title: t('health.disks'),
      rows: [
        line('free', t('health.free'), `${bytes(disk.free_bytes)} / ${bytes(disk.total_bytes)}`, disk.min_free_bytes > 0 ? t('health.usual.free', { least: bytes(disk.min_free_bytes), warn: bytes(2 * disk.min_free_bytes) }) : undefined),
        line('storeSize', t('health.storeSize'), bytes(store.bytes)),
        line('storeEngine', t('health.engine'), <code>{store.engine === 'sqlite' ? 'SQLite' : 'PostgreSQL'} {store.engine_version}</code>),
      ],
    },
    {
      title: t('health.process'),
      rows: [
        line('heap', t('health.heap'), bytes(process.heap_bytes), t('health.usual.resident', { shown: bytes(process.resident_bytes) }), (minute) => minute.heap_bytes),
        line('goroutines', t('health.goroutines'), n(process.goroutines), t('health.usual.goroutines'), (minute) => minute.goroutines),
        line('files', t('health.files'), process.max_files > 0 ? `${n(process.open_files)} / ${n(process.max_files)}` : '–', t('health.usual.files')),
        line('cpus', t('health.cpus'), n(process.cpus)),
        line('uptime', t('health.uptime'), duration(health.uptime_s * 1000)),
      ],
    },
    {
      title: t('health.versions'),
      rows: [
        line('version', t('health.version'), <><code>{health.version}</code> <span className="faint">{health.commit.slice(0, 12)}</span></>, process.go),
        ...rules.packs.map((pack) => line(`pack-${pack.name}`, t('health.pack', { name: pack.name }), <Link to="/packs">{t('health.packVersion', { version: pack.version, shown: n(pack.rules), count: pack.rules })}</Link>, pack.digest.slice(0, 12))),
        line('refused', t('health.loaded'), t('health.rulesLoaded', { loaded: n(rules.loaded), refused: n(rules.refused) }), t('health.usual.rules')),
      ],
    },
  ];
}
