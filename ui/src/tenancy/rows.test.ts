import { describe, expect, it } from 'vitest';
import type { Tenant, TenantFigures } from '../client';
import { belongs, found, ordered, rowsOf } from './rows';

const tenant = (slug: string, name: string, more: Partial<Tenant> = {}): Tenant => ({
  id: `id-${slug}`, slug, name, state: 'active', retention_days: 180, events_per_second: 0, networks: [], demo: false,
  created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z', version: 1, ...more,
});
const figures = (slug: string, open: Partial<Record<string, number>>, oldest: string | null, silent = 0, records = 5, login: string | null = null): TenantFigures => ({
  tenant: `id-${slug}`,
  alerts: { open: { critical: 0, high: 0, medium: 0, low: 0, informational: 0, ...open }, new: oldest ? 1 : 0, oldest: oldest ? 'a' : '', oldest_at: oldest },
  sources: { total: 2, silent, degraded: 0, never: 0, records_24h: records, hours: [] },
  users: { total: 1, last_login_at: login },
});
const rows = rowsOf(
  [tenant('a', '乙公司'), tenant('b', '甲公司', { state: 'suspended' }), tenant('c', '丙公司'), tenant('d', '示例医院')],
  [figures('a', { high: 9 }, '2026-03-02T00:00:00Z', 1), figures('b', { critical: 1 }, '2026-03-01T00:00:00Z', 0, 0), figures('c', { high: 9, medium: 1 }, null, 0, 9, '2026-02-01T00:00:00Z')],
);
const order = (by: Parameters<typeof ordered>[1], up = false) => ordered(rows, by, up, 'zh-CN').map(({ slug }) => slug).join('');

describe('the list of customers', () => {
  it('has the worst first, and names where nothing else tells', () => {
    expect(order('critical')).toBe('bcad');
    expect(order('high')).toBe('cabd');
    expect(order('critical', true)).toBe('dacb');
  });
  it('has what never was last', () => {
    expect(order('oldest').slice(0, 2)).toBe('ba');
    expect(order('login').at(0)).toBe('c');
  });
  it('sorts names by the language, both ways', () => {
    expect(order('name')).toBe([...order('name', true)].reverse().join(''));
  });
  it('picks, and says nothing of customers whose figures have not come', () => {
    const pick = (of: keyof typeof belongs) => rows.filter(belongs[of]).map(({ slug }) => slug).join('');
    expect([pick('new'), pick('silent'), pick('quiet'), pick('suspended')]).toEqual(['ab', 'a', 'b', 'b']);
  });
  it('finds by name, slug and the initials of the reading', () => {
    expect([found(rows[3]!, '医院'), found(rows[3]!, ' D'), found(rows[3]!, 'slyy'), found(rows[3]!, 'xyz')]).toEqual([true, true, true, false]);
  });
});
