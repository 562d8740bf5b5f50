import { describe, expect, it } from 'vitest';
import type { Pack } from '../client';
import { byName } from './names';

const pack = (name: string, version: number, more: Partial<Pack> = {}) => ({ id: `${name}${version}`, name, version, active: false, activated_at: null, ...more }) as Pack;

describe('packs by name', () => {
  it('show what is in force and the newest that waits', () => {
    const rows = byName([pack('a', 3), pack('a', 2, { active: true, activated_at: '2026-01-02' }), pack('a', 1, { activated_at: '2026-01-01' }), pack('b', 1)]);
    expect(rows.map((row) => [row.pack.id, row.staged?.id, row.versions.length])).toEqual([['a2', 'a3', 3], ['b1', undefined, 1]]);
  });

  it('offer nothing older than what is in force, and nothing that was in force before', () => {
    const rows = byName([pack('a', 3, { activated_at: '2026-01-03' }), pack('a', 2, { active: true, activated_at: '2026-01-02' }), pack('a', 1)]);
    expect(rows[0]?.staged).toBeUndefined();
  });
});
