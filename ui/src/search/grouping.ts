import { tokens, type Token } from './tokens';

/** What the rows of a `| stats` stand for. */
export interface Grouping {
  /** Selects the events of all groups; empty where all events are meant. */
  base: string;
  /** Fields that rows are grouped by, each whole; the time is not among them. */
  by: string[];
  /** Milliseconds of a slice of time, where rows are grouped by it, too. */
  step?: number;
  /** The query puts the rows in an order. */
  sorted: boolean;
  /** All that was calculated can be added up, as counts and sums can. */
  additive: boolean;
}

const functions = new Set([
  'avg', 'count', 'count_empty', 'count_uniq', 'count_uniq_hash', 'histogram', 'json_values', 'max', 'median', 'min', 'quantile', 'rate', 'rate_sum', 'row_any', 'row_max', 'row_min',
  'sum', 'sum_len', 'uniq_values', 'values',
]);
const sums = new Set(['count', 'count_empty', 'rate', 'rate_sum', 'sum', 'sum_len']);
const selecting = new Set(['filter', 'where']);
// Pipes after which each row still stands for the same group.
const keeping = new Set(['sort', 'order', 'limit', 'head', 'offset', 'skip', 'first', 'last', 'filter', 'where', 'math', 'eval']);
const ordering = new Set(['sort', 'order', 'first', 'last']);
const times = new Set(['_time', '@timestamp']);

/** Understands a query whose rows are groups of events; undefined for any other, and where a group cannot be told from its row. */
export function grouping(query: string): Grouping | undefined {
  const [filters = [], ...pipes] = cut(tokens(query), '|');
  const conditions = [filters];
  while (selecting.has(head(pipes[0]))) conditions.push(pipes.shift()?.slice(1) ?? []);
  const [stats, ...after] = pipes;
  if (!stats || !(head(stats) === 'stats' || head(stats) === 'by' || functions.has(head(stats)))) return undefined;
  if (after.some((pipe) => !keeping.has(head(pipe)))) return undefined;
  const used = called(stats);
  const base = conditions.map((each) => textOf(query, each)).filter((text) => text !== '' && text !== '*');
  const out: Grouping = { base: base.map(bracketed).join(' '), by: [], sorted: after.some((pipe) => ordering.has(head(pipe))), additive: used.length > 0 && used.every((name) => sums.has(name)) };
  for (const one of cut(byList(stats), ',').filter((each) => each.length > 0)) {
    const colon = one.findIndex((token) => token.text === ':');
    const name = nameOf(colon < 0 ? one : one.slice(0, colon));
    if (times.has(name)) {
      out.step = colon < 0 ? undefined : stepOf(one.slice(colon + 1));
      if (out.step === undefined) return undefined;
    } else if (name === '' || colon >= 0) return undefined; // a range of numbers is no value
    else out.by.push(name);
  }
  return out;
}

function textOf(query: string, all: Token[]): string {
  return query.slice(all[0]?.from ?? 0, all[all.length - 1]?.to ?? 0);
}

// Alternatives would take in what is added behind them.
function bracketed(condition: string): string {
  return /(^|[\s)])or([\s(]|$)/i.test(condition) ? `(${condition})` : condition;
}

function head(pipe: Token[] | undefined): string {
  return pipe?.[0]?.kind === 'word' ? pipe[0].text.toLowerCase() : '';
}

// Cuts at a sign that stands outside of all brackets.
function cut(all: Token[], sign: string): Token[][] {
  const out: Token[][] = [[]];
  let depth = 0;
  for (const token of all) {
    if (token.kind === 'symbol' && token.text === '(') depth++;
    if (token.kind === 'symbol' && token.text === ')') depth--;
    if (depth === 0 && token.kind === 'symbol' && token.text === sign) out.push([]);
    else out[out.length - 1]?.push(token);
  }
  return out;
}

// What stands in the brackets after by, or straight after stats.
function byList(stats: Token[]): Token[] {
  const at = stats.findIndex((token, i) => token.text === '(' && ['by', 'stats'].includes(stats[i - 1]?.text.toLowerCase() ?? ''));
  if (at < 0) return [];
  let depth = 0;
  const end = stats.findIndex((token, i) => i >= at && ((token.text === '(' && ++depth < 0) || (token.text === ')' && --depth === 0)));
  return stats.slice(at + 1, end < 0 ? undefined : end);
}

function called(stats: Token[]): string[] {
  let depth = 0;
  const out: string[] = [];
  stats.forEach((token, i) => {
    if (token.text === '(' && depth++ === 0 && !['by', 'stats', 'if'].includes(stats[i - 1]?.text.toLowerCase() ?? '')) out.push(stats[i - 1]?.text.toLowerCase() ?? '');
    if (token.text === ')') depth--;
  });
  return out;
}

function nameOf(all: Token[]): string {
  const [only] = all;
  if (all.length === 1 && only?.kind === 'quoted') {
    try {
      return only.text[0] === '"' ? (JSON.parse(only.text) as string) : only.text.slice(1, -1);
    } catch {
      return '';
    }
  }
  return all.some((token, i) => token.kind === 'quoted' || (i > 0 && token.space)) ? '' : all.map((token) => token.text).join('');
}

const units: Record<string, number> = {
  ms: 1, millisecond: 1, s: 1e3, second: 1e3, m: 60e3, minute: 60e3, h: 3600e3, hour: 3600e3, d: 86400e3, day: 86400e3, w: 7 * 86400e3, week: 7 * 86400e3,
};

// Of "5m" or "1h30m offset 8h"; months and years have no fixed length.
function stepOf(all: Token[]): number | undefined {
  const text = all.map((token) => (token.space ? ' ' : '') + token.text).join('').trim().split(' ')[0] ?? '';
  if (units[text] !== undefined) return units[text];
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([a-z]+)/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== text || parts.some(([, , unit]) => units[unit ?? ''] === undefined)) return undefined;
  return parts.reduce((sum, [, n, unit]) => sum + Number(n) * (units[unit ?? ''] ?? 0), 0);
}
