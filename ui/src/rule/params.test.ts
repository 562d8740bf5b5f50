import { describe, expect, it } from 'vitest';
import { asQuery, ruleParams } from './params';

describe('parameters of the rule list', () => {
  it('keeps what fits', () => {
    const search = { q: 'x', level: 'high,critical', technique: 't1110.001', tactic: 'credential-access', state: 'off', fired: '7d', noisy: true, sort: 'falsity', at: 'r1' };
    expect(ruleParams(search)).toMatchObject({ ...search, level: 'critical,high', technique: 'T1110.001', tactic: 'credential_access' });
  });
  it('drops what does not', () => {
    const search = ruleParams({ level: 'urgent', technique: 'T11', tactic: 'magic', state: 'open', fired: '1y', noisy: 'no', sort: 'up' });
    expect(Object.values(search).filter(Boolean)).toEqual([]);
  });
  it('asks for what fired most, and not for the rule in the pane', () => {
    expect(asQuery({ at: 'r1', q: 'x' }, 'one')).toEqual({ q: 'x', tenant: 'one', sort: 'week' });
    expect(asQuery({ sort: 'title' }, undefined)).toEqual({ tenant: undefined, sort: 'title' });
  });
});
