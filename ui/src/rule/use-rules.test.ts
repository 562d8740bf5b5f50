import { describe, expect, it } from 'vitest';
import { pageSize } from './queries';
import { pagesOf, placed } from './use-rules';

describe('pages of a long list', () => {
  it('are added where rows are seen', () => {
    expect(pagesOf([], 0, pageSize)).toEqual([]);
    expect(pagesOf([], pageSize - 5, pageSize + 5)).toEqual([1]);
    expect(pagesOf([3], pageSize * 2 - 1, pageSize * 2 + 1)).toEqual([1, 2, 3]);
  });
  it('stay the same list when nothing is new', () => {
    const known = [1, 2];
    expect(pagesOf(known, pageSize, pageSize * 2)).toBe(known);
  });
  it('lie in their places, and leave open what is not loaded', () => {
    const rows = placed(pageSize * 2 + 2, [{ page: 0, items: ['a'] }, { page: 2, items: ['y', 'z', 'too many'] }]);
    expect(rows).toHaveLength(pageSize * 2 + 2);
    expect([rows[0], rows[1], rows[pageSize * 2], rows.at(-1)]).toEqual(['a', undefined, 'y', 'z']);
  });
});
