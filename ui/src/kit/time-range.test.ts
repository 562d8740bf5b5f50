import { describe, expect, it } from 'vitest';
import { isBound, presetOf, resolve } from './time-range';

const now = Date.UTC(2026, 10, 23, 12);

describe('time ranges', () => {
  it.each([
    ['now', '2026-11-23T12:00:00.000Z'],
    ['now-15m', '2026-11-23T11:45:00.000Z'],
    ['now-2d', '2026-11-21T12:00:00.000Z'],
    ['now-1w', '2026-11-16T12:00:00.000Z'],
    ['2026-11-01T08:00:00+08:00', '2026-11-01T00:00:00.000Z'],
  ])('%s', (bound, want) => {
    expect(resolve(bound, now)?.toISOString()).toBe(want);
  });
  it.each(['', 'yesterday', 'now-5y', 'now+1h', '7', '2026-99-01'])('%j is no bound', (bound) => {
    expect(resolve(bound, now)).toBeUndefined();
    expect(isBound(bound)).toBe(false);
  });
  it('knows its presets', () => {
    expect(presetOf({ from: 'now-24h', to: 'now' })).toBe('24h');
    expect(presetOf({ from: 'now-23h', to: 'now' })).toBeUndefined();
    expect(presetOf({ from: 'now-24h', to: 'now-1h' })).toBeUndefined();
  });
});
