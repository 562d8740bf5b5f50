import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Membership } from '../client';
import { useCan } from '../identity/session';
import { Chart, timeFrame, type ChartTable, type Mark } from '../kit/chart';
import { levelStyle, type Ink } from '../kit/chart-ink';
import { axisLabel, grainOf } from '../kit/chart-time';
import { count } from '../kit/number';
import { Section } from '../kit/page';
import { isLevel, levels, Severity, type Level } from '../kit/severity';
import { Failure, Loading } from '../kit/states';
import { absolute } from '../kit/time';
import { resolve, type Range } from '../kit/time-range';
import { useZone } from '../kit/zone';
import { AlertsLink, spanOf } from './links';
import { ingestQuery, statsQuery } from './queries';
import { filled } from './series';

const height = 190;
const lowHeight = 130;
const buckets = 48;

/** Alerts by severity and ingest over the chosen time; a click on a bar opens what is behind it. */
export function Trends({ tenant, range }: { tenant: Membership | undefined; range: Range }) {
  const can = useCan();
  return (
    <div className="stack">
      <AlertsOverTime tenant={tenant} range={range} />
      {can('event.search') && <Ingest tenant={tenant} range={range} />}
    </div>
  );
}

function useNames(starts: number[], width: number) {
  const zone = useZone();
  return useMemo(() => {
    const first = starts[0];
    const last = starts[starts.length - 1];
    const grain = grainOf(first === undefined || last === undefined ? 0 : last + width - first);
    return { full: starts.map((at) => absolute(new Date(at), false, zone)), short: starts.map((at) => axisLabel(absolute(new Date(at), false, zone), grain)) };
  }, [zone, starts, width]);
}

function AlertsOverTime({ tenant, range }: { tenant: Membership | undefined; range: Range }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const stats = useQuery(statsQuery(tenant?.id, range, buckets));
  const known = stats.data?.over_time;
  const width = (stats.data?.width_s ?? 0) * 1000;
  const { from, to } = range;
  const read = stats.dataUpdatedAt; // the now that the server counted up to
  const points = useMemo(() => filled(known ?? [], width, resolve(from, read)?.getTime(), resolve(to || 'now', read)?.getTime()), [known, width, from, to, read]);
  const starts = useMemo(() => points.map((point) => point.at), [points]);
  const names = useNames(starts, width);
  const shown = useMemo(() => levels.filter((level) => points.some((point) => (point.levels[level] ?? 0) > 0)), [points]);
  const series = shown.length > 0 ? shown : [...levels.slice(0, 1)];
  const key = series.join();
  const table = useMemo((): ChartTable => {
    const ids = key.split(',').filter(isLevel);
    return {
      head: [t('overview.time'), ...ids.map((level) => t(`kit.level.${level}`))],
      series: ids,
      rows: points.map((point, i) => ({ name: names.full[i] ?? '', cells: ids.map((level) => point.levels[level] ?? 0) })),
    };
  }, [key, names, points, t]);
  const option = useCallback((ink: Ink) => {
    // The gravest at the bottom, where bars are compared.
    const ids = table.series.filter(isLevel);
    return {
      ...timeFrame(ink, names.short, stats.data?.total ?? 0),
      tooltip: { formatter: (at: unknown) => tip(at, table, names.full) },
      series: ids.map((level, i) => ({
        id: level, name: t(`kit.level.${level}`), type: 'bar' as const, stack: 'all', barCategoryGap: '25%', barMaxWidth: 28,
        itemStyle: levelStyle(level, ink), data: table.rows.map((row) => row.cells[i] ?? 0),
      })),
    };
  }, [names, stats.data?.total, t, table]);
  const pick = useCallback((mark: Mark) => {
    const start = starts[mark.index];
    if (start === undefined) return;
    void navigate({
      to: '/alerts',
      search: { state: 'all', level: mark.series, from: new Date(start).toISOString(), to: new Date(start + width).toISOString() },
    });
  }, [navigate, starts, width]);
  return (
    <Section title={t('overview.alerts.title')}>
      {stats.data && <Legend range={range} counts={table.series.filter(isLevel).map((level, i) => [level, table.rows.reduce((sum, row) => sum + (row.cells[i] ?? 0), 0)])} />}
      {stats.error && !stats.data ? <Failure error={stats.error} retry={() => void stats.refetch()} />
        : !stats.data ? <Loading lines={5} />
          : (
            <Chart
              label={t('overview.alerts.label', { count: stats.data.total, shown: count(stats.data.total, i18n.language) })}
              option={option} table={table} height={height} onPick={pick} format={(value) => count(value, i18n.language)}
            />
          )}
    </Section>
  );
}

/** What the marks of the chart mean, with how many of each there are; opens them. */
function Legend({ range, counts }: { range: Range; counts: [Level, number][] }) {
  const { t, i18n } = useTranslation();
  return (
    <ul className="ov-legend" aria-label={t('overview.alerts.legend')}>
      {counts.map(([level, value]) => (
        <li key={level}><AlertsLink search={{ ...spanOf(range), level }}><Severity level={level} /> {count(value, i18n.language)}</AlertsLink></li>
      ))}
    </ul>
  );
}

function Ingest({ tenant, range }: { tenant: Membership | undefined; range: Range }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const histogram = useQuery(ingestQuery(tenant?.slug, range, buckets));
  const found = histogram.data?.buckets;
  const starts = useMemo(() => (found ?? []).map((bucket) => Date.parse(bucket.at)), [found]);
  const width = starts[0] !== undefined && starts[1] !== undefined ? starts[1] - starts[0] : 60_000;
  const names = useNames(starts, width);
  const table = useMemo((): ChartTable => ({
    head: [t('overview.time'), t('overview.ingest.records')],
    series: ['records'],
    rows: (found ?? []).map((bucket, i) => ({ name: names.full[i] ?? '', cells: [bucket.count] })),
  }), [found, names, t]);
  const option = useCallback((ink: Ink) => ({
    ...timeFrame(ink, names.short, Math.max(0, ...table.rows.map((row) => row.cells[0] ?? 0))),
    tooltip: { formatter: (at: unknown) => tip(at, table, names.full) },
    series: [{
      id: 'records', name: t('overview.ingest.records'), type: 'bar' as const, barCategoryGap: '10%', itemStyle: { color: ink.accent, opacity: 0.75 },
      data: table.rows.map((row) => row.cells[0] ?? 0),
    }],
  }), [names, t, table]);
  const pick = useCallback((mark: Mark) => {
    const start = starts[mark.index];
    if (start === undefined) return;
    void navigate({ to: '/search', search: { q: '*', from: new Date(start).toISOString(), to: new Date(start + width).toISOString() } });
  }, [navigate, starts, width]);
  const total = histogram.data?.total ?? 0;
  return (
    <Section title={t('overview.ingest.title')}>
      {histogram.error && !histogram.data ? <Failure error={histogram.error} retry={() => void histogram.refetch()} />
        : !histogram.data ? <Loading lines={4} />
          : (
            <Chart
              label={t('overview.ingest.label', { count: total, shown: count(total, i18n.language) })}
              option={option} table={table} height={lowHeight} onPick={pick} format={(value) => count(value, i18n.language)}
            />
          )}
    </Section>
  );
}

// The names of series are ours, and figures are figures: nothing in it came from a log.
function tip(at: unknown, table: ChartTable, names: string[]): string {
  const first: unknown = Array.isArray(at) ? at[0] : at;
  const index = typeof first === 'object' && first !== null && 'dataIndex' in first ? Number(first.dataIndex) : -1;
  const row = table.rows[index];
  if (!row) return '';
  const lines = row.cells.map((value, i) => `${table.head[i + 1]}  ${value ?? '–'}`);
  return [names[index], ...lines].join('\n');
}
