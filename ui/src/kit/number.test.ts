import { describe, expect, it } from 'vitest';
import { bytes, count, duration, share } from './number';
import { relative } from './time';

describe('numbers', () => {
  it.each([[0, '0 B'], [1023, '1023 B'], [1536, '1.5 KiB'], [5 * 2 ** 30, '5.0 GiB'], [200 * 2 ** 20, '200 MiB']])('bytes %d', (given, want) => {
    expect(bytes(given)).toBe(want);
  });
  it.each([
    [0, '0 ms'], [999, '999 ms'], [2400, '2.4 s'], [185_000, '3 min 5 s'], [7_500_000, '2 h 5 min'],
    [7_200_000, '2 h'], [356_400_000, '4 d 3 h'],
  ])('duration %d', (given, want) => {
    expect(duration(given)).toBe(want);
  });
  it.each([[0, 0, '–'], [1, 2, '50.0 %'], [1, 100_000, '<0.1 %'], [0, 5, '0.0 %']])('share %d of %d', (part, whole, want) => {
    expect(share(part, whole)).toBe(want);
  });
  it('counts with separators', () => {
    expect(count(1234567, 'en')).toBe('1,234,567');
  });
});

describe('relative time', () => {
  const now = Date.UTC(2026, 10, 23, 16, 0, 0);
  it.each([
    [0, 'en', 'now'], [-59, 'en', '59 sec. ago'], [-60, 'en', '1 min. ago'], [-3 * 3600, 'zh-CN', '3\u2009小时前'],
    [-86400, 'en', 'yesterday'], [90, 'en', 'in 1 min.'], [3, 'en', 'now'],
  ])('%d s in %s', (seconds, language, want) => {
    expect(relative(new Date(now + seconds * 1000), now, language)).toBe(want);
  });
});
