import { describe, expect, it } from 'vitest';
import { daily } from './days';
import { fileName, isAddress } from './sections';

describe('a rule in full', () => {
  it('counts alerts by day', () => {
    const now = new Date('2026-03-30T08:00:00Z');
    const days = daily([
      { at: '2026-03-30T00:00:00Z', levels: { high: 2, low: 1 } }, { at: '2026-03-29T00:00:00Z', levels: { high: 4 } }, { at: '2026-03-29T12:00:00Z', levels: { low: 1 } },
      { at: '2026-02-01T00:00:00Z', levels: { high: 9 } },
    ], now);
    expect(days).toHaveLength(31);
    expect(days.slice(-3)).toEqual([0, 5, 3]);
    expect(days.reduce((sum, n) => sum + n, 0)).toBe(8);
  });
  it('opens nothing but plain addresses of the web', () => {
    expect(['https://example.com/a?b#c', 'http://example.com'].every(isAddress)).toBe(true);
    for (const odd of ['javascript:alert(1)', 'data:text/html,x', 'https://user:pw@example.com', 'https://ex\u202eample.com', ' https://a.b', 'https:// a', 'ftp://a.b', 'Internal research', '//a.b']) {
      expect(isAddress(odd), odd).toBe(false);
    }
  });
  it('gives the file a plain name', () => {
    expect(fileName('rules/windows/proc_creation_x.yml')).toBe('proc_creation_x.yml');
    expect(fileName('a/../..yaml')).toBe('rule.yml');
    expect(fileName('x/a b\u202e.exe.yml')).toBe('a_b_.exe.yml');
  });
});
