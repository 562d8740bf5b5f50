import { describe, expect, it } from 'vitest';
import { kept, same } from './match';

describe('filters of a view', () => {
  it('leave out whose data it is, which view is open, and what is empty', () => {
    expect(kept({ tenant: 'acme', view: '01J', level: 'high', q: '', from: undefined })).toEqual({ level: 'high' });
    expect(kept({ level: 'high', open: '01J' }, ['open'])).toEqual({ level: 'high' });
  });
  it('are the same in any order, and differ in any value', () => {
    expect(same({ level: 'high', q: 'sudo' }, { q: 'sudo', level: 'high', tenant: 'beta' })).toBe(true);
    expect(same({ level: 'high' }, { level: 'low' })).toBe(false);
    expect(same({ level: 'high' }, {})).toBe(false);
    expect(same({ entity: ['a', 'b'] }, { entity: ['b', 'a'] })).toBe(false);
    expect(same({ n: 1 }, { n: '1' })).toBe(false);
    expect(same({ view: '-' }, {})).toBe(true);
  });
});
