import { describe, expect, it } from 'vitest';
import { highlight } from './highlight';

const shown = (text: string, values: string[]) => highlight(text, values).map((p) => (p.hit ? `«${p.text}»` : p.text)).join('');

describe('highlight', () => {
  it.each([
    ['nothing to mark', 'abc', [], 'abc'],
    ['every occurrence', 'root did root', ['root'], '«root» did «root»'],
    ['letter case aside', 'cmd.EXE', ['CMD.exe'], '«cmd.EXE»'],
    ['overlapping values as one', 'abcdef', ['abcd', 'cdef'], '«abcdef»'],
    ['touching values as one', 'abcd', ['ab', 'cd'], '«abcd»'],
    ['no single characters', 'a-b-a', ['a'], 'a-b-a'],
    ['letters that grow when folded', 'İİ root', ['root'], 'İİ «root»'],
    ['a value that is not there', 'abc', ['xyz'], 'abc'],
    ['a value that stands escaped in JSON', '{"Image":"C:\\\\Windows\\\\cmd.exe"}', ['C:\\Windows\\cmd.exe'], '{"Image":"«C:\\\\Windows\\\\cmd.exe»"}'],
    ['an empty text', '', ['ab'], ''],
  ])('%s', (_, text, values, want) => {
    expect(shown(text, values)).toBe(want);
  });

  it('marks places, even of one character, as one with what they touch', () => {
    const parts = highlight('a=1 b=1', [], [[6, 7], [0, 1], [1, 3], [7, 9]]);
    expect(parts.map((p) => (p.hit ? `«${p.text}»` : p.text)).join('')).toBe('«a=1» b=«1»');
  });
});
