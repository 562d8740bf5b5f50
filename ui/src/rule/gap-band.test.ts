import { expect, it } from 'vitest';
import { band } from './gap-band';

const span = (from: string, to: string | null) => ({ from, to, state: 'on' as const, current: true });

it('shares a band by time, and hides no span', () => {
  const now = new Date('2026-03-02T00:00:00Z').getTime();
  const shares = band([span('2026-03-01T00:00:00Z', '2026-03-01T00:00:01Z'), span('2026-03-01T00:00:01Z', '2026-03-01T12:00:00Z'), span('2026-03-01T12:00:00Z', null)], now);
  expect(shares.map(({ share }) => Math.round(share * 100))).toEqual([2, 50, 50]);
});

it('takes a clock that is behind, and spans of no length', () => {
  const only = band([span('2026-03-02T00:00:00Z', null)], 0);
  expect(only.map(({ share }) => share)).toEqual([1]);
});
