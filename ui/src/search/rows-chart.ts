import type { FlatEvent } from '../client';
import { asText } from '../kit/fields';
import type { Grouping } from './grouping';
import { filter } from './logsql';
import { numeric, type RowColumn } from './rows';

/** Rows of a calculation over time, as lines or bars. */
export interface Plotted {
  /** Starts of the slices of time, without a gap where the slices are known. */
  starts: number[];
  series: PlottedSeries[];
  /** How many further groups there are that are not drawn. */
  left: number;
  bars: boolean;
}

export interface PlottedSeries {
  id: string;
  /** What the group has in common; the name of what was calculated where there is one group alone. */
  name: string;
  /** A row of the group, for its values. */
  row: FlatEvent;
  cells: (number | null)[];
}

export const mostSeries = 6;
const mostStarts = 1500;
const time = '@timestamp';

/** Understands rows as figures over time; undefined where there is no time in them, or only one. */
export function plotted(rows: FlatEvent[], columns: RowColumn[], group: Grouping | undefined, wanted?: string): Plotted | undefined {
  if (!columns.some((column) => column.name === time && column.kind === 'time')) return undefined;
  const numbers = columns.filter((column) => column.kind === 'number');
  const first = numbers.find((column) => column.name === wanted) ?? numbers[0];
  const texts = columns.filter((column) => column.kind === 'text').map((column) => column.name);
  if (!first) return undefined;
  const starts = slices(rows.map((row) => Date.parse(asText(row[time]))), group?.step);
  if (starts.length < 2) return undefined;
  const place = new Map(starts.map((start, i) => [start, i]));
  const found = new Map<string, PlottedSeries>();
  const put = (key: string, name: string, row: FlatEvent, value: number | undefined) => {
    const at = place.get(Date.parse(asText(row[time])));
    if (at === undefined || value === undefined) return;
    const one = found.get(key) ?? { id: '', name, row, cells: starts.map(() => null) };
    one.cells[at] = (one.cells[at] ?? 0) + value;
    found.set(key, one);
  };
  for (const row of rows) {
    const values = texts.map((name) => asText(row[name]));
    if (texts.length > 0) put(JSON.stringify(values), values.map((value) => value || '–').join(' · '), row, numeric(asText(row[first.name])));
    else for (const { name } of wanted ? [first] : numbers) put(name, name, row, numeric(asText(row[name])));
  }
  const all = [...found.values()].sort((a, b) => size(b) - size(a));
  const series = all.slice(0, mostSeries).map((one, i) => ({ ...one, id: `s${i}` }));
  const bars = (group?.additive ?? false) && (texts.length > 0 || series.length === 1);
  return { starts, series, left: all.length - series.length, bars };
}

function size(one: PlottedSeries): number {
  return one.cells.reduce<number>((sum, value) => sum + Math.abs(value ?? 0), 0);
}

function slices(times: number[], step: number | undefined): number[] {
  const known = [...new Set(times.filter((at) => !Number.isNaN(at)))].sort((a, b) => a - b);
  const [first, last] = [known[0], known[known.length - 1]];
  if (first === undefined || last === undefined || !step || (last - first) / step > mostStarts) return known.slice(0, mostStarts);
  const out: number[] = [];
  for (let at = first; at <= last; at += step) out.push(at);
  return known.every((at) => (at - first) % step === 0) ? out : known.slice(0, mostStarts);
}

/** The query and the span of the events that a row was made of; undefined where they cannot be told. */
export function behind(row: FlatEvent, group: Grouping | undefined): { q: string; from?: string; to?: string } | undefined {
  if (!group) return undefined;
  const conditions = group.by.map((name) => filter(name, asText(row[name]), true));
  const q = [group.base, ...conditions].filter((part) => part !== '').join(' ') || '*';
  if (group.step === undefined) return { q };
  const at = Date.parse(asText(row[time]));
  if (Number.isNaN(at)) return undefined;
  return { q, from: new Date(at).toISOString(), to: new Date(at + group.step).toISOString() };
}
