import { expect, it } from 'vitest';
import { placed } from './timeline';

it('puts the first and the last near the ends', () => {
  const { at, from, to } = placed(['2026-01-01T00:01:00Z', '2026-01-01T00:00:00Z', '2026-01-01T00:04:00Z']);
  expect([at('2026-01-01T00:00:00Z'), at('2026-01-01T00:01:00Z'), at('2026-01-01T00:04:00Z')]).toEqual([2, 26, 98]);
  expect([from, to]).toEqual(['2026-01-01T00:00:00.000Z', '2026-01-01T00:04:00.000Z']);
});

it('puts what is alone in the middle', () => {
  expect(placed(['2026-01-01T00:01:00Z']).at('2026-01-01T00:01:00Z')).toBe(50);
  expect(placed([]).from).toBe('');
});
