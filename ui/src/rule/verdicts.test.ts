import { describe, expect, it } from 'vitest';
import type { RuleRecord } from '../client';
import { percents } from './verdicts';

function record(yes: number, benign: number, no: number): RuleRecord {
  return { day: 0, week: 0, total: 0, true: yes, benign, false: no, undecided: 3, noisy: false, shadow: 0, per_day: 0, precision: null, last_at: null };
}

describe('shares of verdicts', () => {
  it('add up to a hundred', () => {
    expect(percents(record(1, 1, 1))).toEqual([34, 33, 33]);
    expect(percents(record(2, 0, 5))).toEqual([29, 0, 71]);
    expect(percents(record(0, 0, 4))).toEqual([0, 0, 100]);
  });
  it('are none where nothing was judged', () => {
    expect(percents(record(0, 0, 0))).toEqual([]);
  });
});
