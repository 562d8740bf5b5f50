import type { Health, HealthHistory, HealthMinute } from '../client';

/** The minutes that are over: the running one would always look like a fall. */
export function whole(history: HealthHistory | undefined): HealthMinute[] {
  return history?.items.slice(0, -1) ?? [];
}

/** A series of the last hour for a sparkline. */
export function series(history: HealthHistory | undefined, of: (minute: HealthMinute) => number): number[] {
  return whole(history).map(of);
}

/** How much of it came in the last whole minute; undefined in the first minute of a process. */
export function lastMinute(history: HealthHistory | undefined, of: (minute: HealthMinute) => number): number | undefined {
  const last = whole(history).at(-1);
  return last && of(last);
}

/** The share of one thing in another over the last hour; undefined where there was nothing. */
export function shareOfHour(history: HealthHistory | undefined, part: (minute: HealthMinute) => number, of: (minute: HealthMinute) => number): number | undefined {
  const sum = (each: (minute: HealthMinute) => number) => history?.items.reduce((total, minute) => total + each(minute), 0) ?? 0;
  const all = sum(of);
  return all === 0 ? undefined : sum(part) / all;
}

/** What is beyond normal, by the figure's name; the bounds stand beside the figures. */
export function beyond(health: Health): Set<string> {
  const { queue, archive, ingest, rules, disk, process } = health;
  const marks: [string, boolean][] = [
    ['rejected', ingest.rejected > 0],
    ['lag', queue.lag_s > 60],
    ['size', queue.max_bytes > 0 && queue.bytes > queue.max_bytes * 0.8],
    ['dropped', archive.dropped_rows > 0],
    ['refused', rules.loaded === 0],
    ['free', disk.min_free_bytes > 0 && disk.free_bytes < 2 * disk.min_free_bytes],
    ['files', process.max_files > 0 && process.open_files > process.max_files * 0.8],
  ];
  return new Set(marks.filter(([, is]) => is).map(([name]) => name));
}
