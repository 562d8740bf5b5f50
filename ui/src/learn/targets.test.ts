import { describe, expect, it } from 'vitest';
import { keyOf, offered, targetOf } from './targets';

const names = ['source.ip', 'source.port', 'source.user.name', 'user.name', 'event.action'];
const shown = (typed: string, suggested: { target: string; as: string }[] = []) => offered(typed, suggested, names, ({ target }) => (target === 'user.name' ? 'who it was' : '')).map(keyOf);

describe('what a field may become', () => {
  it('begins with what is suggested, once each', () => {
    const all = shown('', [{ target: 'event.action', as: '' }, { target: 'source', as: 'endpoint' }]);
    expect(all.slice(0, 2)).toEqual(['event.action|', 'source|endpoint']);
    expect(all.filter((key) => key === 'event.action|' || key === 'source|endpoint')).toHaveLength(2);
    expect(all).toContain('user.name|');
  });
  it('is found by its name, the exact one first, and by words', () => {
    expect(shown('source.ip')[0]).toBe('source.ip|');
    expect(shown('user.name')[0]).toBe('user.name|');
    expect(shown('who')).toEqual(['user.name|']);
    expect(shown('no such field')).toEqual([]);
  });
  it('is a text and back', () => {
    for (const key of ['source|endpoint', 'user.name|', '|']) expect(keyOf(targetOf(key))).toBe(key);
  });
});
