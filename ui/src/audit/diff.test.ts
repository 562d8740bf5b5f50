import { describe, expect, it } from 'vitest';
import { differences } from './diff';

describe('the differences of two states', () => {
  it('name what changed first, with what stayed after it', () => {
    expect(differences('{"name":"a","n":1,"gone":true}', '{"name":"b","n":1,"deep":{"x":[1,2]}}')).toEqual([
      { field: 'name', before: 'a', after: 'b', changed: true },
      { field: 'gone', before: 'true', after: undefined, changed: true },
      { field: 'deep.x', before: undefined, after: '[1,2]', changed: true },
      { field: 'n', before: '1', after: '1', changed: false },
    ]);
  });

  it('take what is no object as one value, and nothing as nothing', () => {
    expect(differences('', 'not json')).toEqual([{ field: '–', before: undefined, after: 'not json', changed: true }]);
    expect(differences('', '')).toEqual([]);
  });
});
