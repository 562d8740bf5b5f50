import { preference } from './preference';

/** What stands for "the browser's own zone" in [setZone]. */
export const ownZone = '';

const here = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

const chosen = preference<string>({
  key: 'isoc.zone',
  read: (stored) => (stored && isZone(stored) ? stored : ownZone),
  write: (value) => (value === ownZone ? null : value),
});

/** The zone all times are shown in, by its IANA name. */
export function useZone(): string {
  return chosen.use() || here;
}

/** The zone in use, outside of components. */
export function currentZone(): string {
  return chosen.get() || here;
}

/** What the person chose: an IANA name, or [ownZone]. */
export function useZoneChoice(): string {
  return chosen.use();
}

export function setZone(zone: string): void {
  if (zone === ownZone || isZone(zone)) chosen.set(zone);
}

export function browserZone(): string {
  return here;
}

export function isZone(zone: string): boolean {
  try {
    return zone !== '' && Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
  } catch {
    return false;
  }
}

/** All zones this browser knows; UTC always among them. */
export function allZones(): string[] {
  const all = Intl.supportedValuesOf('timeZone');
  return all.includes('UTC') ? all : ['UTC', ...all];
}

const quarter = 15 * 60_000; // ms; no zone changes its clock at other minutes
const most = 4096; // remembered offsets
const offsets = new Map<string, number>();
const formats = new Map<string, Intl.DateTimeFormat>();

/** How far the clocks of a zone are ahead of UTC at a moment, in ms. */
export function offsetAt(at: number, zone: string): number {
  if (zone === 'UTC') return 0;
  const slot = Math.floor(at / quarter);
  const key = `${slot} ${zone}`;
  let offset = offsets.get(key);
  if (offset === undefined) {
    if (offsets.size >= most) offsets.clear();
    offset = measure(slot * quarter, zone);
    offsets.set(key, offset);
  }
  return offset;
}

function measure(at: number, zone: string): number {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
    });
    formats.set(zone, format);
  }
  const of: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(at)) of[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = of;
  return Date.UTC(year, month - 1, day, hour, minute, second) - at;
}

/** What clocks of the zone show, as a Date whose UTC parts are to be read. */
export function wall(at: Date, zone: string): Date {
  return new Date(at.getTime() + offsetAt(at.getTime(), zone));
}

/**
 * The moment at which clocks of the zone show what the UTC parts of `shown` say. Of an hour that comes twice it is the
 * first; a time that the clocks leap over is taken as much later.
 */
export function moment(shown: Date, zone: string): Date {
  const at = shown.getTime();
  const day = 86_400_000;
  const candidates = [offsetAt(at - day, zone), offsetAt(at + day, zone)].map((offset) => at - offset).sort((a, b) => a - b);
  const fitting = candidates.find((each) => each + offsetAt(each, zone) === at);
  return new Date(fitting ?? candidates[candidates.length - 1] ?? at);
}

const pad = (n: number) => String(n).padStart(2, '0');

/** UTC+08:00. */
export function offsetName(at: Date, zone: string): string {
  const minutes = Math.round(offsetAt(at.getTime(), zone) / 60_000);
  return `UTC${minutes < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(minutes) / 60))}:${pad(Math.abs(minutes) % 60)}`;
}

/** Asia/Shanghai (UTC+08:00); UTC for itself. */
export function zoneName(at: Date, zone: string): string {
  return zone === 'UTC' || zone === 'Etc/UTC' ? 'UTC' : `${zone} (${offsetName(at, zone)})`;
}
