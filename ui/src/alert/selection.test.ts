import { describe, expect, it } from 'vitest';
import type { Alert } from '../client';
import { isOf, toggledOf, type All, added, mostPicked, none, rangeTo, refreshed, toggled, without } from './selection';

const row = (n: number, more: Partial<Alert> = {}) => ({ id: `a${n}`, version: 1, ...more }) as Alert;
const ids = (selection: typeof none) => [...selection.picked.keys()];

describe('picking alerts', () => {
  it('takes one and puts it back', () => {
    const one = toggled(none, row(3), 3);
    expect(ids(one)).toEqual(['a3']);
    expect(ids(toggled(one, row(3), 3))).toEqual([]);
  });

  it('takes ranges in both directions from where the last pick was', () => {
    const one = toggled(none, row(5), 5);
    expect(rangeTo(one, 8)).toEqual([5, 8]);
    expect(rangeTo(one, 2)).toEqual([2, 5]);
    expect(rangeTo(none, 4)).toEqual([4, 4]);
    const more = added(one, [row(5), row(6), row(7)], 7);
    expect(ids(more)).toEqual(['a5', 'a6', 'a7']);
    expect(rangeTo(more, 9)).toEqual([7, 9]);
  });

  it('takes a group as a whole until one of its alerts is put back', () => {
    const group = added(none, [row(1), row(2)], 0, 'db-1');
    expect(group.groups.has('db-1')).toBe(true);
    expect(toggled(group, row(1), 1).groups.has('db-1')).toBe(false);
    const rest = without(added(group, [row(9)], 9), ['a1', 'a2'], 'db-1');
    expect(ids(rest)).toEqual(['a9']);
    expect(rest.groups.size).toBe(0);
  });

  it('has a bound', () => {
    const many = added(none, Array.from({ length: mostPicked + 5 }, (_, i) => row(i)), 0);
    expect(many.picked.size).toBe(mostPicked);
  });

  it('gives alerts as they are now', () => {
    const one = toggled(none, row(1), 0);
    expect(refreshed(one, (id) => row(Number(id.slice(1)), { version: 7 }))[0]?.version).toBe(7);
    expect(refreshed(one, () => undefined)[0]?.version).toBe(1);
  });
});

it('picks all of a list but some', () => {
  const all: All = { total: 20_000, until: '05', except: new Set() };
  expect(isOf(all, '03')).toBe(true);
  expect(isOf(all, '06')).toBe(false);
  const less = toggledOf(all, '03');
  expect([isOf(less, '03'), less.except.size]).toEqual([false, 1]);
  expect(toggledOf(less, '03').except.size).toBe(0);
  expect(toggledOf(less, '06')).toBe(less);
});
