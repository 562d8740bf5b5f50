import { moment, wall } from './zone';

/** A span of time as the URL has it: RFC 3339, "now", or "now-15m"; empty means without bound. */
export interface Range {
  from: string;
  to: string;
}

export const presets = ['15m', '1h', '4h', '12h', '24h', '2d', '7d', '30d', '90d'] as const;
export type Preset = (typeof presets)[number];

const relativeTime = /^now(?:-((?:\d{1,6}[smhdw])+))?$/;
const units: Record<string, number> = { s: 1e3, m: 60e3, h: 3600e3, d: 86400e3, w: 7 * 86400e3 };
const day = 86400e3;

function length(text: string): number {
  return [...text.matchAll(/(\d+)([smhdw])/g)].reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ''] ?? 0), 0);
}

/** The moment a bound stands for; undefined where it is empty or no bound at all. */
export function resolve(bound: string, now: number): Date | undefined {
  const match = relativeTime.exec(bound);
  if (match) return new Date(now - length(match[1] ?? ''));
  if (!/^\d{4}-/.test(bound)) return undefined;
  const at = new Date(bound);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

export function isBound(value: unknown): value is string {
  return typeof value === 'string' && resolve(value, 0) !== undefined;
}

/** The preset a range is, if it is one. */
export function presetOf(range: Range): Preset | undefined {
  return presets.find((preset) => range.from === `now-${preset}` && (range.to === 'now' || range.to === ''));
}

/**
 * What somebody typed as a bound: "now-3d", "3d", "2026-11-23", "11-23 16:05", "16:05:09", RFC 3339 or Unix seconds. Clock times are those of
 * the zone. A day alone is its beginning, or as an end its last moment. Undefined where it says no time.
 */
export function readBound(typed: string, now: number, zone: string, end = false): string | undefined {
  const text = typed.trim().replace(/[\uff1a]/g, ':');
  const ago = /^(?:now\s*)?-?\s*((?:\d{1,6}[smhdw])+)$/i.exec(text)?.[1];
  if (ago) return `now-${ago.toLowerCase()}`;
  if (/^now$/i.test(text)) return 'now';
  if (/^\d{10}$/.test(text)) return new Date(Number(text) * 1000).toISOString();
  if (/^\d{13}$/.test(text)) return new Date(Number(text)).toISOString();
  if (/^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:?\d\d)$/i.test(text)) return resolve(text, now)?.toISOString();
  return readWall(text, now, zone, end)?.toISOString();
}

const wallTime = /^(?:(?:(\d{4})[-/.])?(\d{1,2})[-/.](\d{1,2}))?(?:[T\s]*(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,3}))?)?)?$/i;

function readWall(text: string, now: number, zone: string, end: boolean): Date | undefined {
  const match = wallTime.exec(text);
  if (!match || text === '') return undefined;
  const today = wall(new Date(now), zone);
  const [, y, m, d, h, min, s, ms] = match;
  const year = y ? Number(y) : today.getUTCFullYear();
  const month = m ? Number(m) : today.getUTCMonth() + 1;
  const date = d ? Number(d) : today.getUTCDate();
  const [hour, minute, second] = [Number(h ?? 0), Number(min ?? 0), Number(s ?? 0)];
  const shown = new Date(Date.UTC(year, month - 1, date, hour, minute, second, Number((ms ?? '').padEnd(3, '0'))));
  if (shown.getUTCMonth() !== month - 1 || shown.getUTCDate() !== date || hour > 23 || minute > 59 || second > 59 || year < 1970 || year > 2200) return undefined;
  return moment(end && h === undefined ? new Date(shown.getTime() + day) : shown, zone);
}

/** The days from the one that began `back` days ago, in the zone: today is days(now, zone, 0), yesterday days(now, zone, 1, 1). */
export function days(now: number, zone: string, back: number, count?: number): Range {
  const today = wall(new Date(now), zone);
  const start = Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate() - back);
  return {
    from: moment(new Date(start), zone).toISOString(),
    to: count === undefined ? 'now' : moment(new Date(start + count * day), zone).toISOString(),
  };
}

/** The same length of time, that much earlier or later; never beyond now. Undefined where the range has no beginning. */
export function step(range: Range, forward: boolean, now: number): Range | undefined {
  const ends = both(range, now);
  if (!ends) return undefined;
  const [from, to] = ends;
  const by = forward ? Math.min(to - from, Math.max(0, now - to)) : from - to;
  return absoluteRange(from + by, to + by);
}

/** Twice as long around the same middle; up to now where that is the end. */
export function zoomOut(range: Range, now: number): Range | undefined {
  const ends = both(range, now);
  if (!ends) return undefined;
  const [from, to] = ends;
  const half = Math.max(500, (to - from) / 2);
  if (range.to === 'now' || range.to === '' || to + half > now) {
    const seconds = Math.round((now - from + (to - from)) / 1000);
    return range.from.startsWith('now') ? { from: `now-${shortest(seconds)}`, to: 'now' } : { from: new Date(from - 2 * half).toISOString(), to: range.to };
  }
  return absoluteRange(from - half, to + half);
}

// 7200 seconds are 2h.
function shortest(seconds: number): string {
  const unit = Object.entries(units).reverse().find(([, size]) => (seconds * 1000) % size === 0) ?? ['s', 1e3];
  return `${(seconds * 1000) / unit[1]}${unit[0]}`;
}

function both(range: Range, now: number): [number, number] | undefined {
  const from = resolve(range.from, now)?.getTime();
  const to = range.to === '' ? now : resolve(range.to, now)?.getTime();
  return from === undefined || to === undefined || to <= from ? undefined : [from, to];
}

function absoluteRange(from: number, to: number): Range {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}
