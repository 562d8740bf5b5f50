import { describe, expect, it } from 'vitest';
import type { Setup } from '../client';
import { setupParams } from './params';
import { next } from './queries';
import { suggest } from './slug';

const fresh: Setup = { first_password: false, customers: 0, sources: 0, demo: 'absent', dismissed: false, done: false };

describe('the first run', () => {
  it('goes on where it was left', () => {
    expect(next({ ...fresh, first_password: true, customers: 3 }, true)).toBe('account');
    expect(next(fresh, false)).toBe('account');
    expect(next(fresh, true)).toBe('start');
    expect(next({ ...fresh, customers: 1 }, false)).toBe('source');
    expect(next({ ...fresh, customers: 1, sources: 2 }, true)).toBe('start');
  });

  it('takes steps it knows from the address', () => {
    expect(setupParams({ step: 'source' })).toEqual({ step: 'source' });
    expect(setupParams({ step: 'nonsense' }).step).toBeUndefined();
  });

  it('suggests a slug that the server takes', () => {
    for (const [name, slug] of [['Acme Ltd.', 'acme-ltd'], ['示例医院', 'customer-2'], ['示例 A 厂', 'a'], ['  -- ', 'customer-2'], ['Café 7', 'cafe-7'], ['x'.repeat(80), 'x'.repeat(40)]] as const) {
      expect(suggest(name, 2), name).toBe(slug);
      expect(suggest(name, 2)).toMatch(/^[a-z0-9][a-z0-9-]*$/);
    }
  });
});
