import { beforeEach, expect, it } from 'vitest';
import { neighbours, rememberQueue } from './queue';

beforeEach(() => sessionStorage.clear());

it('knows what stands before and after', () => {
  rememberQueue(['a', 'b', 'c'], 'b');
  expect(neighbours('b')).toEqual({ before: 'a', after: 'c', at: 2, of: 3 });
  expect(neighbours('a')).toEqual({ before: undefined, after: 'b', at: 1, of: 3 });
  expect(neighbours('z')).toBeUndefined();
});

it('keeps a window of a long list', () => {
  const ids = Array.from({ length: 5000 }, (_, i) => `id${i}`);
  rememberQueue(ids, 'id3000');
  expect(neighbours('id3000')).toMatchObject({ before: 'id2999', after: 'id3001', of: 500 });
  expect(neighbours('id10')).toBeUndefined();
  rememberQueue(ids, 'id4999');
  expect(neighbours('id4999')).toMatchObject({ before: 'id4998', after: undefined });
});

it('has no way through a list of one', () => {
  rememberQueue(['a'], 'a');
  expect(neighbours('a')).toBeUndefined();
});
