import { describe, expect, it } from 'vitest';
import { reveal, revealed } from './reveal';

describe('reveal', () => {
  it.each([
    ['plain text', 'sshd[1]: ok', 'sshd[1]: ok'],
    ['Chinese and emoji', '登录失败 🙂', '登录失败 🙂'],
    ['tabs and line feeds', 'a\tb\nc', 'a\tb\nc'],
    ['a terminal escape', '\u001b[2Jgone', '\\x1B[2Jgone'],
    ['a carriage return that would overwrite', 'bad\rgood', 'bad\\x0Dgood'],
    ['a null', 'a\u0000b', 'a\\x00b'],
    ['delete and C1', '\u007f\u0085', '\\x7F[U+0085]'],
    ['a right-to-left override', 'exe.\u202Egpj', 'exe.[U+202E]gpj'],
    ['isolates', '\u2066x\u2069', '[U+2066]x[U+2069]'],
    ['an Arabic letter mark', 'a\u061cb', 'a[U+061C]b'],
    ['zero width', 'ad\u200bmin\ufeff', 'ad[U+200B]min[U+FEFF]'],
    ['a soft hyphen', 'ro\u00adot', 'ro[U+00AD]ot'],
    ['line separators', 'a\u2028b\u2029', 'a[U+2028]b[U+2029]'],
    ['tag characters', 'x\u{e0041}', 'x[U+E0041]'],
    ['half a surrogate pair', 'a\ud800b', 'a[U+D800]b'],
    ['blank letters', 'a\u3164b', 'a[U+3164]b'],
    ['markup stays text', '<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
    ['nothing', '', ''],
  ])('%s', (_, given, want) => {
    expect(revealed(given)).toBe(want);
  });

  it('names what it replaced and leaves the rest whole', () => {
    expect(reveal('a\u202eb')).toEqual([{ text: 'a' }, { text: '[U+202E]', odd: 'U+202E' }, { text: 'b' }]);
  });

  it('leaves no direction or control character of Unicode behind', () => {
    const all = Array.from({ length: 0x10ffff }, (_, point) => point).filter(
      (point) => point !== 9 && point !== 10 && /\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}|\p{Cs}/u.test(String.fromCodePoint(point)),
    );
    const visible = new Set([0x600, 0x601, 0x602, 0x603, 0x604, 0x605, 0x6dd, 0x70f, 0x890, 0x891, 0x8e2, 0x110bd, 0x110cd]);
    const left = all.filter((point) => !visible.has(point) && revealed(String.fromCodePoint(point)) === String.fromCodePoint(point));
    expect(left.map((point) => point.toString(16))).toEqual([]);
  });
});
