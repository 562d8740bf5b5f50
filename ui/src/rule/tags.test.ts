import { describe, expect, it } from 'vitest';
import { tagName } from './tags';

describe('names of tags', () => {
  it.each([
    ['attack.t1110.001', 'T1110.001'], ['attack.credential_access', 'credential access'], ['attack.defense-evasion', 'defense evasion'],
    ['cve.2021-44228', 'cve.2021-44228'], ['attack.', 'attack.'],
  ])('%s', (tag, want) => {
    expect(tagName(tag)).toBe(want);
  });
});
