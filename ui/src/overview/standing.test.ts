import { describe, expect, it } from 'vitest';
import type { LevelCounts, OverviewStanding } from '../client';
import { burning, noReach, oldest, ordered, reachOf, sumOpen, total, worst, type TenantRow } from './standing';

const counts = (critical: number, high = 0, medium = 0): LevelCounts => ({ critical, high, medium, low: 0, informational: 0 });
const standing = (tenant: string, open: LevelCounts, id = ''): OverviewStanding => ({ tenant, open, new: 0, risk: 0, oldest: id, oldest_at: id ? `at ${id}` : null });
const row = (name: string, open: LevelCounts, more: Partial<TenantRow> = {}): TenantRow => ({ ...standing(name, open), name, reach: noReach, records: 0, ...more });

describe('standings', () => {
  it('add up over customers', () => {
    const sum = sumOpen([standing('a', counts(1, 2)), standing('b', counts(3, 0, 4))]);
    expect(sum).toEqual(counts(4, 2, 4));
    expect(total(sum)).toBe(10);
    expect(worst(sum)).toBe('critical');
    expect(worst(counts(0))).toBeUndefined();
  });

  it('name the alert that waits longest', () => {
    expect(oldest([standing('a', counts(1), '02'), standing('b', counts(1), '01'), standing('c', counts(1))])).toEqual({ id: '01', at: 'at 01' });
    expect(oldest([standing('c', counts(0))])).toBeUndefined();
  });

  it('tell where it burns: one critical alert before any number of high ones', () => {
    const all = [standing('many', counts(0, 50)), standing('one', counts(1)), standing('calm', counts(0, 0, 9))];
    expect(burning(all).map(({ tenant }) => tenant)).toEqual(['one', 'many']);
  });
});

describe('the order of customers', () => {
  const rows = [
    row('b', counts(0, 9)), row('a', counts(0, 9)), row('c', counts(1), { new: 5, oldest: '07', records: 3, reach: { ...noReach, silent: 1 } }),
    row('d', counts(0), { oldest: '03', risk: 81, records: 10, reach: { ...noReach, degraded: 2 } }),
  ];
  const names = (order: Parameters<typeof ordered>[1]) => ordered(rows, order, 'en').map(({ name }) => name).join('');
  it('puts first what was asked for, and equal ones by name', () => {
    expect(['severity', 'name', 'risk', 'new', 'oldest', 'ingest', 'silent'].map((each) => names(each as 'name'))).toEqual(['cabd', 'abcd', 'dcab', 'cabd', 'dcab', 'dcab', 'cdab']);
  });
});

describe('the reach over sources', () => {
  it('is summed up by customer', () => {
    const reach = reachOf([
      { tenant: 'a', state: 'silent' }, { tenant: 'a', state: 'healthy' }, { tenant: 'b', state: 'never' }, { tenant: 'a', state: 'degraded' },
    ]);
    expect(reach.get('a')).toEqual({ sources: 3, silent: 1, degraded: 1, never: 0 });
    expect(reach.get('b')).toEqual({ sources: 1, silent: 0, degraded: 0, never: 1 });
  });
});
