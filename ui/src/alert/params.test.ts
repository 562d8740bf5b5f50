import { describe, expect, it } from 'vitest';
import { alertParams, asQuery } from './params';

describe('filters of the alert list', () => {
  it('drops what it does not know', () => {
    expect(alertParams({ state: 'gone', level: 'high,bogus,low', q: '', rule: 7 })).toEqual({
      state: undefined, level: 'high,low', q: undefined, rule: '7',
    });
  });
  it('starts with what is open', () => {
    expect(asQuery({}, undefined).state).toBe('open');
    expect(asQuery({ state: 'all' }, undefined).state).toBeUndefined();
    expect(asQuery({ state: 'closed' }, 'acme')).toMatchObject({ state: 'closed', tenant: 'acme' });
  });
});
