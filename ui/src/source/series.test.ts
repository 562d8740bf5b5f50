import { describe, expect, it } from 'vitest';
import type { ParseStep, SourcePoint } from '../client';
import { firstFault } from './parsed';
import { thinned } from './series';
import { percent, seconds } from './state';

const point = (records: number, lag = 0): SourcePoint => ({
  at: '2026-03-04T12:00:00Z', records, bytes: 0, processed: records, unparsed: 1, dropped: 0, lag_p50_s: lag, lag_max_s: Math.abs(lag),
});

describe('series', () => {
  it('loses no record when it is thinned', () => {
    const list = thinned(Array.from({ length: 1440 }, (_, i) => point(i, i === 700 ? -900 : 1)), 180);
    expect(list.length).toBeLessThanOrEqual(180);
    expect(list.reduce((sum, each) => sum + each.records, 0)).toBe((1439 * 1440) / 2);
    expect(list.reduce((sum, each) => sum + each.unparsed, 0)).toBe(1440);
    expect(list.some((each) => each.lag_p50_s === -900)).toBe(true);
  });
  it('stays as it is where it is short', () => {
    expect(thinned([point(1), point(2)], 180)).toHaveLength(2);
  });
});

describe('figures', () => {
  it('never round up to all', () => {
    expect(percent(0.99999)).toBe('99.9 %');
    expect(percent(1)).toBe('100 %');
    expect(percent(0.973)).toBe('97.3 %');
  });
  it('say seconds as people do', () => {
    expect([seconds(4), seconds(180), seconds(3900)]).toEqual(['4 s', '3 min', '1 h 5 min']);
  });
});

describe('the first step that failed', () => {
  const step = (name: string, ok: boolean): ParseStep => ({ name, ok, result: '', fields: [] });
  it('is that of a record nobody understood', () => {
    expect(firstFault([step('decode', true), step('syslog', false), step('finish', false)], 'none')).toBe(1);
    expect(firstFault([step('decode', true), step('finish', false)], 'none')).toBe(1);
  });
  it('is none where a parser claimed it: what was tried before is no fault', () => {
    expect(firstFault([step('cef', false), step('sshd', true)], 'sshd')).toBe(-1);
    expect(firstFault([step('huawei-usg: dissect', false), step('kv', true)], 'kv')).toBe(0);
    expect(firstFault([step('a: kv', false), step('b: json', true), step('b', true)], 'b')).toBe(-1);
  });
});
