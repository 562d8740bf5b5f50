import { describe, expect, it } from 'vitest';
import { alertParams, asQuery, chosenEntities, entityParts, filterCount, fits, ofGroup, withEntity } from './params';

describe('filters of the alert list', () => {
  it('drop what they do not know', () => {
    expect(alertParams({ state: 'gone', level: 'high,bogus,low', q: '', rule: 7, from: 'yesterday', to: 'now', sort: 'colour', group: 'host' })).toEqual({
      level: 'high,low', rule: '7', to: 'now', group: 'host',
    });
  });
  it('start with what is open, the riskiest first', () => {
    expect(asQuery({}, undefined)).toMatchObject({ state: 'open', sort: 'risk' });
    expect(asQuery({ state: 'all' }, undefined).state).toBeUndefined();
    expect(asQuery({ state: 'closed', sort: 'newest' }, 'acme')).toMatchObject({ state: 'closed', tenant: 'acme', sort: 'newest' });
  });
  it('take one entity or several, each once', () => {
    expect(alertParams({ entity: 'host.name=db-1' }).entity).toBe('host.name=db-1');
    expect(alertParams({ entity: ['host.name=a', 'user.name=b', 'host.name=a', 'nothing', 7] }).entity).toEqual(['host.name=a', 'user.name=b']);
    expect(chosenEntities(withEntity({ entity: 'host.name=a' }, 'user.name', 'x=y'))).toEqual(['host.name=a', 'user.name=x=y']);
  });
  it('take what must not be there', () => {
    const params = { entity: ['host.name=a', 'user.name=b'] };
    expect(chosenEntities(withEntity(params, 'host.name', 'a', true))).toEqual(['user.name=b', 'host.name!=a']);
    expect(chosenEntities(withEntity({ entity: 'host.name!=a' }, 'host.name', 'a'))).toEqual(['host.name=a']);
    expect(entityParts('host.name!=a=b')).toEqual({ field: 'host.name', value: 'a=b', not: true });
    expect(entityParts('host.name=!a')).toEqual({ field: 'host.name', value: '!a', not: false });
  });
  it('take techniques and tactics as the trade writes them', () => {
    expect(alertParams({ technique: 't1110, T1059.001,T1110,brute', tactic: 'Credential_Access,1' })).toMatchObject({ technique: 'T1110,T1059.001', tactic: 'credential-access' });
    expect(alertParams({ technique: 'T11', tactic: '' })).toEqual({});
    expect(asQuery({ technique: 'T1110' }, undefined).technique).toBe('T1110');
  });
  it('count what is set', () => {
    expect(filterCount({ state: 'all', sort: 'risk', group: 'rule' })).toBe(0);
    expect(filterCount({ level: 'high', entity: ['a=b', 'c=d'], from: 'now-1h', to: 'now' })).toBe(4);
  });
});

describe('a group', () => {
  const query = asQuery({ entity: 'user.name=root' }, 'acme');
  it('is the list with one filter more', () => {
    expect(ofGroup(query, 'rule', 'r1')).toEqual({ ...query, rule: 'r1' });
    expect(ofGroup(query, 'host', 'db-1').entity).toEqual(['user.name=root', 'host.name=db-1']);
    expect(ofGroup(query, 'tenant', 'id').tenant).toBe('id');
  });
  it('of those that have none asks for absence', () => {
    expect(ofGroup(query, 'source_ip', '').entity).toEqual(['user.name=root', 'source.ip=']);
    expect(ofGroup(query, 'source', '').source).toBe('none');
  });
});

describe('a row after a change', () => {
  const row = { state: 'acknowledged', assignee: 'li', verdict: '' };
  it('belongs to the list as long as state, assignee and verdict fit', () => {
    expect(fits(row, asQuery({}, undefined), 'wang')).toBe(true);
    expect(fits({ ...row, state: 'closed' }, asQuery({}, undefined), 'wang')).toBe(false);
    expect(fits(row, asQuery({ state: 'new' }, undefined), 'wang')).toBe(false);
    expect(fits(row, asQuery({ assignee: 'me' }, undefined), 'wang')).toBe(false);
    expect(fits(row, asQuery({ assignee: 'me' }, undefined), 'li')).toBe(true);
    expect(fits(row, asQuery({ assignee: 'none' }, undefined), 'li')).toBe(false);
    expect(fits({ ...row, state: 'closed', verdict: 'duplicate' }, asQuery({ state: 'all', verdict: 'false_positive,duplicate' }, undefined), 'li')).toBe(true);
  });
});
