/** A span of time as the URL has it: RFC 3339, "now", or "now-15m"; empty means without bound. */
export interface Range {
  from: string;
  to: string;
}

export const presets = ['15m', '1h', '4h', '24h', '7d', '30d'] as const;
export type Preset = (typeof presets)[number];

const relativeTime = /^now(?:-(\d{1,6})([smhdw]))?$/;
const units: Record<string, number> = { s: 1e3, m: 60e3, h: 3600e3, d: 86400e3, w: 7 * 86400e3 };

/** The moment a bound stands for; undefined where it is empty or no bound at all. */
export function resolve(bound: string, now: number): Date | undefined {
  const match = relativeTime.exec(bound);
  if (match) {
    const [, amount, unit] = match;
    return new Date(now - (amount && unit ? Number(amount) * (units[unit] ?? 0) : 0));
  }
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
