import { expect, it } from 'vitest';
import { inPlace, withMore, type AlertGroup, type AlertGroups } from './desk-api';

const group = (key: string, count: number): AlertGroup => ({ key, label: key, label_zh: '', count, open: count, worst_level: 'high', risk: 50, last_at: '2026-01-01T00:00:00Z' });
const page = (total_groups: number, ...items: AlertGroup[]): AlertGroups => ({ items, total_groups, total: 99 });
const told = ({ items }: AlertGroups) => items.map(({ key, count }) => `${key}${count}`).join(' ');

it('takes further groups below those that are there, each once', () => {
  expect(told(withMore(page(4, group('a', 3), group('b', 2)), page(4, group('b', 9), group('c', 1))))).toBe('a3 b2 c1');
});

it('changes figures in place, and new groups come last', () => {
  const before = page(3, group('a', 3), group('b', 2), group('c', 1));
  expect(told(inPlace(before, page(3, group('c', 7), group('a', 3), group('d', 1))))).toBe('a3 b0 c7 d1');
  expect(told(inPlace(undefined, before))).toBe('a3 b2 c1');
});

it('does not take a group that only stands further down for an empty one', () => {
  expect(told(inPlace(page(900, group('a', 3), group('b', 2)), page(900, group('c', 7), group('a', 3))))).toBe('a3 b2 c7');
});
