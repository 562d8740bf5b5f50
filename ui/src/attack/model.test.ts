import { expect, it } from 'vitest';
import type { AttackCoverage } from '../client';
import { columnsOf, strength, toggled, unfed } from './model';
import { attackParams } from './params';

const technique = (id: string, tactics: string[], rules = 0, more = {}) => ({ id, tactics, rules, fed: rules, tested: 0, idle: 0, week: 0, month: 0, ...more });
const coverage: AttackCoverage = {
  version: '18', covered: 1, of: 2, unplaced: 0, products: [], looked: 1, alerts: true,
  tactics: [{ id: 'TA0001', name: 'initial-access' }, { id: 'TA0002', name: 'execution' }],
  techniques: [technique('T1000', ['initial-access', 'execution'], 3), technique('T1000.001', ['initial-access', 'execution'], 1), technique('T1001', ['execution'])],
};

it('puts techniques into each of their tactics, with what is below them', () => {
  const [first, second] = columnsOf(coverage, 'all');
  expect(first?.cells.map(({ id, subs }) => [id, subs.length])).toEqual([['T1000', 1]]);
  expect(second?.cells.map(({ id }) => id)).toEqual(['T1000', 'T1001']);
  expect([second?.covered, second?.of]).toEqual([1, 2]);
});

it('shows gaps or what is covered alone, and counts the same', () => {
  expect(columnsOf(coverage, 'gaps').map(({ cells, of }) => [cells.length, of])).toEqual([[0, 1], [1, 2]]);
  expect(columnsOf(coverage, 'covered')[1]?.cells.map(({ id }) => id)).toEqual(['T1000']);
});

it('grows with what it is about', () => {
  expect([0, 1, 2, 5, 20].map((rules) => strength(technique('T1', [], rules), 'rules'))).toEqual([0, 1, 2, 3, 4]);
  expect(strength(technique('T1', [], 9, { month: 1 }), 'alerts')).toBe(1);
  expect(unfed(technique('T1', [], 2, { fed: 0 }))).toBe(true);
  expect(unfed(technique('T1', []))).toBe(false);
});

it('keeps what is unfolded in the address, and nothing else', () => {
  expect(toggled(undefined, 'T1000')).toBe('T1000');
  expect(toggled('T1000,T1001', 'T1000')).toBe('T1001');
  expect(toggled('T1000', 'T1000')).toBeUndefined();
  expect(attackParams({ open: 'T1000,<b>,T1', shade: 'x', product: 'linux' })).toEqual({ open: 'T1000', shade: undefined, show: undefined, product: 'linux' });
});
