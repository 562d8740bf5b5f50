import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';

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

/** Local time as 2026-11-23 16:05:09, with milliseconds on demand: sortable, the same in both languages. */
export function absolute(at: Date, fine = false): string {
  const day = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  const time = `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;
  return fine ? `${day} ${time}.${pad(at.getMilliseconds(), 3)}` : `${day} ${time}`;
}

/** The browser's zone as UTC+08:00. */
export function zone(at: Date): string {
  const minutes = -at.getTimezoneOffset();
  const sign = minutes < 0 ? '-' : '+';
  return `UTC${sign}${pad(Math.floor(Math.abs(minutes) / 60))}:${pad(Math.abs(minutes) % 60)}`;
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
  const date = parse(at);
  if (!date) return <span className="faint">–</span>;
  return (
    <time className="nowrap" dateTime={date.toISOString()} title={`${absolute(date, true)} ${zone(date)}`}>
      {relative(date, current, i18n.language)}
    </time>
  );
}

/** A moment in local time, with the distance from now on hover. */
export function At({ at, fine }: { at: string | undefined | null; fine?: boolean }) {
  const { i18n } = useTranslation();
  const current = useNow();
  const date = parse(at);
  if (!date) return <span className="faint">–</span>;
  return (
    <time className="nowrap" dateTime={date.toISOString()} title={`${relative(date, current, i18n.language)} · ${zone(date)}`}>
      {absolute(date, fine)}
    </time>
  );
}
