import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Chart, plain, timeFrame, type ChartTable } from '../kit/chart';
import type { Ink } from '../kit/chart-ink';
import { axisLabel, grainOf } from '../kit/chart-time';
import { absolute } from '../kit/time';
import type { Range } from '../kit/time-range';
import { Untrusted } from '../kit/untrusted';
import { useZone } from '../kit/zone';
import type { Grouping } from './grouping';
import type { RowColumn } from './rows';
import type { Plotted } from './rows-chart';

interface Props {
  data: Plotted;
  columns: RowColumn[];
  group: Grouping | undefined;
  /** Column that is drawn; the first number where none is chosen. */
  chosen: string | undefined;
  choose: (column: string | undefined) => void;
  /** Opens the events behind one mark. */
  open?: (row: Plotted['series'][number]['row'], start: number) => void;
  setRange: (range: Range) => void;
}

const signs = ['●', '▲', '■', '◆', '▼', '◯'];
const symbols = ['circle', 'triangle', 'rect', 'diamond', 'triangle', 'emptyCircle'];
const turned = 4; // the symbol that stands on its head

/** Rows of a calculation over time: bars that add up, or lines. A click opens the events behind a mark, dragging narrows the time. */
export function RowsPlot({ data, columns, group, chosen, choose, open, setRange }: Props) {
  const { t, i18n } = useTranslation();
  const zone = useZone();
  const [asLine, setAsLine] = useState(false);
  const bars = data.bars && !asLine;
  const numbers = columns.filter((column) => column.kind === 'number').map((column) => column.name);
  const drawn = chosen ?? numbers[0] ?? '';
  const step = group?.step ?? smallest(data.starts);
  const names = useMemo(() => {
    const grain = grainOf((data.starts[data.starts.length - 1] ?? 0) + step - (data.starts[0] ?? 0));
    const full = data.starts.map((at) => absolute(new Date(at), false, zone));
    return { full, short: full.map((at) => axisLabel(at, grain)) };
  }, [data.starts, step, zone]);
  const format = useCallback((value: number) => new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 3 }).format(value), [i18n.language]);
  const table = useMemo((): ChartTable => ({
    head: [t('search.time'), ...data.series.map((one) => plain(one.name.slice(0, 80)))],
    series: data.series.map((one) => one.id),
    rows: data.starts.map((_, i) => ({ name: names.full[i] ?? '', cells: data.series.map((one) => one.cells[i] ?? null) })),
  }), [data, names.full, t]);
  const option = useCallback((ink: Ink) => {
    const colours = categories();
    const frame = timeFrame(ink, names.short, 1);
    return {
      ...frame,
      yAxis: { ...frame.yAxis, min: undefined, minInterval: data.bars ? 1 : undefined },
      tooltip: { formatter: (at: unknown) => tip(at, table, format) },
      series: data.series.map((one, i) => {
        const color = data.series.length === 1 ? ink.accent : colours[i] ?? ink.soft;
        return bars
          ? { id: one.id, name: one.id, type: 'bar' as const, stack: 'all', barCategoryGap: '20%', barMaxWidth: 28, itemStyle: { color, borderColor: ink.ground, borderWidth: data.series.length > 1 && data.starts.length <= 100 ? 0.5 : 0 }, data: one.cells }
          : { id: one.id, name: one.id, type: 'line' as const, symbol: symbols[i] ?? 'circle', symbolSize: 6, symbolRotate: i === turned ? 180 : 0, showSymbol: data.starts.length <= 120, itemStyle: { color }, lineStyle: { color, width: 1.5 }, data: one.cells };
      }),
    };
  }, [bars, data, format, names.short, table]);
  const pick = useCallback((mark: { series: string; index: number }) => {
    const one = data.series.find(({ id }) => id === mark.series);
    const start = data.starts[mark.index];
    if (one && start !== undefined) open?.(one.row, start);
  }, [data, open]);
  const span = useCallback((first: number, last: number) => {
    const [from, to] = [data.starts[first], data.starts[last]];
    if (from !== undefined && to !== undefined) setRange({ from: new Date(from).toISOString(), to: new Date(to + step).toISOString() });
  }, [data.starts, setRange, step]);
  return (
    <div className="rows-plot">
      <div className="row rows-plot-head">
        {numbers.length > 1 && (
          <select value={chosen ?? ''} aria-label={t('search.chart.figure')} onChange={(event) => choose(event.target.value || undefined)}>
            {!columns.some((column) => column.kind === 'text') && <option value="">{t('search.chart.all')}</option>}
            {numbers.map((name, i) => <option key={name} value={i === 0 && columns.some((column) => column.kind === 'text') ? '' : name}>{plain(name)}</option>)}
          </select>
        )}
        {data.series.length > 1 && (
          <ul className="legend" aria-label={t('search.chart.legend')}>
            {data.series.map((one, i) => <li key={one.id}><i className={`s${i}`} aria-hidden="true">{signs[i]}</i> <span className="clip"><Untrusted value={one.name.slice(0, 200)} /></span></li>)}
          </ul>
        )}
        {data.left > 0 && <span className="soft">{t('search.chart.left', { count: data.left })}</span>}
        {data.bars && <label className="check"><input type="checkbox" checked={asLine} onChange={(event) => setAsLine(event.target.checked)} /> {t('search.chart.lines')}</label>}
      </div>
      <Chart label={t('search.chart.label', { what: plain(drawn) })} option={option} table={table} height={190} onPick={open && pick} onSpan={span} format={format} />
    </div>
  );
}

function smallest(starts: number[]): number {
  return starts.slice(1).reduce((least, at, i) => Math.min(least, at - (starts[i] ?? 0)), Infinity);
}

function categories(): string[] {
  const styles = getComputedStyle(document.documentElement);
  return [0, 1, 2, 3, 4, 5].map((i) => styles.getPropertyValue(`--cat${i}`).trim());
}

function tip(at: unknown, table: ChartTable, format: (value: number) => string): string {
  const first: unknown = Array.isArray(at) ? at[0] : at;
  const row = table.rows[typeof first === 'object' && first !== null && 'dataIndex' in first ? Number(first.dataIndex) : -1];
  if (!row) return '';
  const cells = row.cells.flatMap((value, i) => (value === null ? [] : [`${table.series.length > 1 ? `${signs[i]} ` : ''}${(table.head[i + 1] ?? '').slice(0, 60)}  ${format(value)}`]));
  return [row.name, ...(cells.length > 0 ? cells : ['–'])].join('\n');
}
