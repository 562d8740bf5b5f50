import { describe, expect, it } from 'vitest';
import { tacticOf, tagName } from './tags';

describe('names of tags', () => {
  it.each([
    ['attack.t1110.001', 'T1110.001'], ['attack.some_new-tactic', 'some new tactic'],
    ['cve.2021-44228', 'cve.2021-44228'], ['attack.', 'attack.'],
  ])('%s', (tag, want) => {
    expect(tagName(tag)).toBe(want);
  });
});

describe('tactics', () => {
  it.each([
    ['attack.credential_access', 'credential_access'], ['attack.defense-evasion', 'defense_evasion'], ['attack.t1110', undefined], ['impact', undefined],
  ])('%s', (tag, want) => {
    expect(tacticOf(tag)).toBe(want);
  });
});
