import { act, renderHook } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { difference, inPlace, useHeld } from './held';

const row = (id: string, risk = 0) => ({ id, risk });
const id = (each: { id: string }) => each.id;

describe('rows in their places', () => {
  it('keep the order and follow the content', () => {
    expect(inPlace([row('a', 90), row('b', 80)], [row('c', 99), row('b', 95), row('a', 91)], id, 2)).toEqual([row('a', 91), row('b', 95)]);
  });
  it('stay as they were once they have left', () => {
    expect(inPlace([row('a', 90), row('b', 80)], [row('b', 81)], id, 2)).toEqual([row('a', 90), row('b', 81)]);
  });
  it('are joined by new ones at the end while there is room', () => {
    expect(inPlace([row('a'), row('b')], [row('c'), row('a'), row('d')], id, 3)).toEqual([row('a'), row('b'), row('c')]);
  });
});

it('counts what would come, or go', () => {
  expect(difference([row('a'), row('b')], [row('b'), row('a')], id)).toBe(0);
  expect(difference([row('a'), row('b')], [row('c'), row('a')], id)).toBe(1);
  expect(difference([row('a'), row('b')], [row('a')], id)).toBe(1);
  expect(difference([row('a')], [], id)).toBe(1);
});

it('draws anew when asked, or in another order', () => {
  const { result, rerender } = renderHook(({ fresh, order }: { fresh: { id: string }[]; order: string }) => useHeld(fresh, { id, full: 2, order }), {
    initialProps: { fresh: [row('a'), row('b')], order: 'risk' },
  });
  const ids = () => result.current.rows?.map(id).join('');
  expect([ids(), result.current.stale]).toEqual(['ab', false]);
  rerender({ fresh: [row('b'), row('a')], order: 'risk' });
  expect([ids(), result.current.stale, result.current.news]).toEqual(['ab', true, 0]);
  act(() => result.current.renew());
  expect([ids(), result.current.stale]).toEqual(['ba', false]);
  rerender({ fresh: [row('c'), row('a')], order: 'risk' });
  expect([ids(), result.current.news]).toEqual(['ba', 1]);
  rerender({ fresh: [row('a'), row('c')], order: 'name' });
  expect([ids(), result.current.stale]).toEqual(['ac', false]);
});
