import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { currentZone, useZone, wall, zoneName } from './zone';

const tick = 15_000;
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

// One clock for all relative times of the page, running only while somebody looks at it.
function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, tick);
  return () => {
    listeners.delete(tell);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

const pad = (n: number, width = 2) => String(n).padStart(width, '0');

/** A moment in the chosen zone as 2026-11-23 16:05:09, with milliseconds on demand: sortable, the same in both languages. */
export function absolute(at: Date, fine = false, zone = currentZone()): string {
  const shown = wall(at, zone);
  const day = `${shown.getUTCFullYear()}-${pad(shown.getUTCMonth() + 1)}-${pad(shown.getUTCDate())}`;
  const time = `${pad(shown.getUTCHours())}:${pad(shown.getUTCMinutes())}:${pad(shown.getUTCSeconds())}`;
  return fine ? `${day} ${time}.${pad(shown.getUTCMilliseconds(), 3)}` : `${day} ${time}`;
}

/** [absolute] that renders anew when another zone is chosen. */
export function useAbsolute(): (at: Date, fine?: boolean) => string {
  const zone = useZone();
  return (at, fine) => absolute(at, fine, zone);
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86400],
  ['month', 30 * 86400],
  ['day', 86400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** "3 minutes ago", in whole units, rounded down. */
export function relative(at: Date, from: number, language: string): string {
  const distance = Math.round((at.getTime() - from) / 1000);
  const seconds = distance > 0 && distance < 60 ? 0 : distance; // clocks differ a little, and ours ticks in steps
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return spaced(format.format(Math.trunc(seconds / size), unit));
  }
  return format.format(0, 'second');
}

// A thin space between figures and Chinese, as everywhere in our texts.
function spaced(text: string): string {
  return text.replace(/(\d)(?=[\u4e00-\u9fff])/g, '$1\u2009');
}

function parse(at: string | undefined | null): Date | undefined {
  if (!at) return undefined;
  const date = new Date(at);
  return Number.isNaN(date.getTime()) || date.getFullYear() < 1971 ? undefined : date;
}

/** A moment as distance from now, with the absolute time on hover; a dash where there is none. */
export function Ago({ at }: { at: string | undefined | null }) {
  const { i18n } = useTranslation();
  const current = useNow();
  const zone = useZone();
  const date = parse(at);
  if (!date) return <span className="faint">–</span>;
  return (
    <time className="nowrap" dateTime={date.toISOString()} title={`${absolute(date, true, zone)} ${zoneName(date, zone)}`}>
      {relative(date, current, i18n.language)}
    </time>
  );
}

/** A moment in the chosen zone, with the zone and the distance from now on hover. */
export function At({ at, fine }: { at: string | undefined | null; fine?: boolean }) {
  const { i18n } = useTranslation();
  const current = useNow();
  const zone = useZone();
  const date = parse(at);
  if (!date) return <span className="faint">–</span>;
  return (
    <time className="nowrap" dateTime={date.toISOString()} title={`${relative(date, current, i18n.language)} · ${zoneName(date, zone)}`}>
      {absolute(date, fine, zone)}
    </time>
  );
}
