import { describe, expect, it } from 'vitest';
import type { Rule } from '../client';
import { mostPicked, toggled } from './use-picked';

const rows = ['a', 'b', 'c', 'd'].map((id) => ({ id, state: id === 'c' ? 'refused' : 'enabled' }) as Rule);

describe('rules that are picked', () => {
  it('are picked and put back one by one', () => {
    const one = toggled(new Set(), rows, -1, 1, false);
    expect([...one]).toEqual(['b']);
    expect([...toggled(one, rows, 1, 1, false)]).toEqual([]);
  });
  it('are picked as a range either way, but those that cannot move', () => {
    expect([...toggled(new Set(['d']), rows, 3, 0, true)]).toEqual(['d', 'a', 'b']);
    expect([...toggled(new Set(), [rows[0], undefined, rows[3]], 0, 2, true)]).toEqual(['a', 'd']);
  });
  it('are no more than one change reaches', () => {
    const many = Array.from({ length: mostPicked + 5 }, (_, i) => ({ id: String(i), state: 'enabled' }) as Rule);
    expect(toggled(new Set(), many, 0, many.length - 1, true).size).toBe(mostPicked);
  });
});
