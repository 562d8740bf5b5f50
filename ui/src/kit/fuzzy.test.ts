import { describe, expect, it } from 'vitest';
import { fits, ranked, readings } from './fuzzy';

// Chinese as code points: texts stand in the language files alone.
const alerts = '\u544a\u8b66'; // gao jing
const search = '\u65e5\u5fd7\u68c0\u7d22'; // ri zhi jian suo
const hospital = '\u793a\u4f8b\u533b\u9662 shili-hospital'; // shi li yi yuan

describe('finding by a few letters', () => {
  it.each([
    ['al', 'Alerts'],
    ['lert', 'Alerts'],
    ['system he', 'System health'],
    ['he sys', 'System health'],
    ['shnghi', 'Asia/Shanghai'],
    [alerts.slice(1), alerts],
    ['gj', alerts],
    ['rzjs', search],
    ['jian'.slice(0, 1) + 's', search],
    ['slyy', hospital],
    ['hosp', hospital],
    ['', 'anything'],
  ])('%s finds %s', (typed, text) => {
    expect(fits(typed, text)).toBeGreaterThan(0);
  });

  it.each([
    ['alx', 'Alerts'],
    ['rules alerts', 'Alerts'],
    ['jg', alerts],
    ['zzz', hospital],
    ['st', 'a very long text with s and t'],
  ])('%s does not find %s', (typed, text) => {
    expect(fits(typed, text)).toBe(0);
  });

  it('puts whole words before beginnings, these before middles, those before scattered letters', () => {
    const texts = ['malert', 'the alert', 'alert', 'alerts', 'axlxexrt'];
    expect(ranked('alert', texts, (text) => text)).toEqual(['alert', 'alerts', 'the alert', 'malert', 'axlxexrt']);
  });

  it('keeps the order of what fits alike and bounds the answer', () => {
    expect(ranked('', ['c', 'a', 'b'], (text) => text, 2)).toEqual(['c', 'a']);
  });

  it('reads every character as a letter', () => {
    expect(readings(alerts + search)).toBe('gjrzjs');
    expect(readings('abc')).toBe('abc');
  });
});
