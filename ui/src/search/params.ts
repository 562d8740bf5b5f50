import { oneOf, text } from '../kit/params';
import { isBound, type Range } from '../kit/time-range';

/** A search as the URL has it. */
export interface SearchParams {
  q?: string;
  from?: string;
  to?: string;
  /** Customers by slug, comma-separated; only where the switcher shows all. */
  in?: string;
  /** Columns between time and the end, see [columnsOf]; absent: what fits the events. */
  cols?: string;
  wrap?: '1';
  sort?: 'oldest';
  /** Field the histogram is split by. */
  split?: string;
  /** Id of the open record. */
  record?: string;
  tab?: Tab;
  live?: '1';
  /** What is shown of the events that were found: their patterns instead of themselves. */
  show?: 'patterns';
  /** Sidebar of fields hidden. */
  fields?: 'off';
  /** Saved view this came from. */
  view?: string;
}

export const tabs = ['table', 'json', 'raw', 'around'] as const;
export type Tab = (typeof tabs)[number];

export const defaultRange: Range = { from: 'now-24h', to: 'now' };

export function searchParams(search: Record<string, unknown>): SearchParams {
  return {
    q: text(search.q, 16384),
    from: isBound(search.from) ? search.from : undefined,
    to: isBound(search.to) ? search.to : undefined,
    in: text(search.in, 4000),
    cols: text(search.cols, 4000),
    wrap: search.wrap === 1 || search.wrap === '1' ? '1' : undefined,
    sort: oneOf(search.sort, ['oldest']),
    split: text(search.split, 256),
    record: text(search.record, 64),
    tab: oneOf(search.tab, tabs),
    live: search.live === 1 || search.live === '1' ? '1' : undefined,
    show: oneOf(search.show, ['patterns']),
    fields: oneOf(search.fields, ['off']),
    view: text(search.view, 64),
  };
}

export function rangeOf(params: SearchParams): Range {
  if (!params.from && !params.to) return defaultRange;
  return { from: params.from ?? '', to: params.to ?? 'now' };
}

const mostColumns = 20;

/** The columns that the URL names; undefined where it leaves the choice to the page. Names may hold commas. */
export function columnsOf(cols: string | undefined): string[] | undefined {
  if (cols === undefined) return undefined;
  const names = cols.split(',').map(decoded).filter((name) => name !== '' && name !== '@timestamp');
  return [...new Set(names)].slice(0, mostColumns);
}

export function columnsParam(columns: string[]): string {
  return columns.length === 0 ? ',' : columns.map((name) => name.replace(/[%,]/g, encodeURIComponent)).join(',');
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
