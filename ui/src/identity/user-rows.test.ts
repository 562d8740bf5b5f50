import { describe, expect, it } from 'vitest';
import type { User } from '../client';
import { filtered, ordered, stateOf } from './user-rows';
import { usersParams } from './users-params';

const user = (username: string, more: Partial<User> = {}): User => ({
  id: `id-${username}`, username, name: username.toUpperCase(), role: '', tenants: [], locale: 'en', disabled: false, last_login_at: null, last_login_from: '',
  slowed_until: null, created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z', version: 1, ...more,
});
const all = [
  user('ann', { role: 'provider_admin', last_login_at: '2026-03-02T00:00:00Z', last_login_from: '192.0.2.7' }),
  user('bob', { role: 'provider_analyst', name: '张三', last_login_at: '2026-03-03T00:00:00Z' }),
  user('kim', { tenants: [{ id: 't1', role: 'customer_viewer' }], disabled: true, slowed_until: '2026-03-03T00:00:00Z' }),
  user('lee', { tenants: [{ id: 't2', role: 'customer_viewer' }] }),
];
const left = (search: Record<string, unknown>, tenant?: string) => filtered(all, usersParams(search), tenant).map(({ username }) => username).join(' ');

describe('the list of users', () => {
  it('filters by side, role, state, customer and text', () => {
    expect(left({})).toBe('ann bob kim lee');
    expect(left({ side: 'customer' })).toBe('kim lee');
    expect(left({ role: 'provider_analyst' })).toBe('bob');
    expect(left({ state: 'never' })).toBe('lee');
    expect(left({ q: 'zs' })).toBe('bob');
    expect(left({ q: '192.0.2' })).toBe('ann');
    expect(left({ side: 'neither', role: 'root' })).toBe('ann bob kim lee'); // a link from elsewhere must open something
  });
  it('keeps to who may see the chosen customer', () => {
    expect(left({}, 't1')).toBe('ann bob kim');
    expect(left({ side: 'customer' }, 't1')).toBe('kim');
  });
  it('names one state, the gravest', () => {
    expect(all.map(stateOf)).toEqual(['active', 'active', 'disabled', 'never']);
  });
  it('has the latest log-in first and those without one last', () => {
    expect(ordered(all, 'login', false, 'en').map(({ username }) => username)).toEqual(['bob', 'ann', 'kim', 'lee']);
    expect(ordered(all, 'role', true, 'en')[0]!.role).toBe('');
  });
});
