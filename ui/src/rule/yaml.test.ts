import { describe, expect, it } from 'vitest';
import { yamlSpans } from './yaml';

function read(text: string): string[] {
  return yamlSpans(text).map(({ from, to, is }) => `${is} ${text.slice(from, to)}`);
}

describe('colours of YAML', () => {
  it('tells keys, text, figures and comments apart', () => {
    expect(read('level: high # of risk\ncount: 12\n')).toEqual(['key level', 'mark :', 'string high', 'comment # of risk', 'key count', 'mark :', 'value 12']);
  });
  it('reads keys with modifiers, and lists', () => {
    expect(read('  CommandLine|contains|all:\n    - \' -enc \'\n    - "a: b"')).toEqual([
      'key CommandLine|contains|all', 'mark :', "mark -", "string ' -enc '", 'mark -', 'string "a: b"',
    ]);
  });
  it('reads lists in one line', () => {
    expect(read('logsource: {product: linux}\ntags: [a, 3]')).toEqual([
      'key logsource', 'mark :', 'mark {', 'string product: linux', 'mark }', 'key tags', 'mark :', 'mark [', 'string a', 'mark ,', 'value 3', 'mark ]',
    ]);
  });
  it('takes a block of text as text until its indent ends', () => {
    expect(read('description: |\n  one: two\n\n  # no comment\nlevel: low')).toEqual([
      'key description', 'mark :', 'mark |', 'string one: two', 'string # no comment', 'key level', 'mark :', 'string low',
    ]);
  });
  it('finds addresses to be text, and ends with any text', () => {
    expect(read('- https://example.com/a#b')).toEqual(['mark -', 'string https://example.com/a#b']);
    for (const odd of ['', '-', ': x', '"open', "'", '[', 'a', '\t- :', '- - x: y', '#', 'a:#b', '&x *y !z']) {
      const spans = yamlSpans(odd);
      expect(spans.every((span, i) => span.from < span.to && (i === 0 || span.from >= spans[i - 1]!.to))).toBe(true);
    }
  });
});
