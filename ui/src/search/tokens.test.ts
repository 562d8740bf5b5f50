import { describe, expect, it } from 'vitest';
import { contextAt, spans, tokens } from './tokens';

/** The context where the bar ¦ stands. */
function at(text: string) {
  const pos = text.indexOf('¦');
  return contextAt(text.replace('¦', ''), pos);
}

describe('tokens', () => {
  it('keep quotes whole and know the open one', () => {
    expect(tokens('a "b | c" \'d').map((token) => [token.kind, token.text])).toEqual([['word', 'a'], ['quoted', '"b | c"'], ['open', "'d"]]);
  });
  it('never lose or overlap text, whatever it is', () => {
    for (const text of ['', '"', '\\', '用户:"张三" or 🙂|\u202e x', 'a:="\\', '`', "'\\''", '!~=~!==', '<img src=x onerror=1>']) {
      let end = 0;
      for (const token of tokens(text)) {
        expect(token.from).toBeGreaterThanOrEqual(end);
        expect(text.slice(token.from, token.to)).toBe(token.text);
        expect(text.slice(end, token.from).trim()).toBe('');
        end = token.to;
      }
      for (let pos = 0; pos <= text.length; pos++) contextAt(text, pos);
      spans(text);
    }
  });
});

describe('colours', () => {
  it.each([
    ['user.name:="root" or failed', ['field user.name', 'operator :', 'operator =', 'value "root"', 'operator or', 'text failed']],
    ['ip:in(1, 2) | stats count() n', ['field ip', 'operator :', 'function in', 'operator (', 'text 1', 'operator ,', 'text 2', 'operator )', 'operator |', 'pipe stats', 'function count', 'operator (', 'operator )', 'field n']],
    ['host.name:web-01.example.com', ['field host.name', 'operator :', 'value web-01.example.com']],
  ])('%s', (text, want) => {
    expect(spans(text).map((span) => `${span.is} ${text.slice(span.from, span.to)}`)).toEqual(want);
  });
});

describe('what is being typed', () => {
  it.each([
    ['¦', { kind: 'field', typed: '' }],
    ['user.na¦', { kind: 'field', typed: 'user.na', from: 0 }],
    ['a and !user.n¦', { kind: 'field', typed: 'user.n', from: 7 }],
    ['user.name:¦', { kind: 'value', field: 'user.name', typed: '', operator: '' }],
    ['user.name:ro¦', { kind: 'value', field: 'user.name', typed: 'ro', from: 10 }],
    ['x user.name:="ro¦', { kind: 'value', field: 'user.name', typed: 'ro', operator: '=', from: 13 }],
    ['"odd field":="a b¦', { kind: 'value', field: 'odd field', typed: 'a b', operator: '=' }],
    ['user.name:in(a, b¦', { kind: 'value', field: 'user.name', typed: 'b', list: true }],
    ['user.name:in("a", "b¦', { kind: 'value', field: 'user.name', typed: 'b', list: true }],
    ['user.name:root ¦', { kind: 'field', typed: '' }],
    ['(a or host.name:w¦', { kind: 'value', field: 'host.name', typed: 'w' }],
    ['a | ¦', { kind: 'pipe', typed: '' }],
    ['a | st¦', { kind: 'pipe', typed: 'st' }],
    ['a | stats cou¦', { kind: 'stats', typed: 'cou' }],
    ['a | stats by (host.n¦', { kind: 'name', typed: 'host.n' }],
    ['a | stats by (host.name) count(us¦', { kind: 'name', typed: 'us' }],
    ['a | sort by (hi¦', { kind: 'name', typed: 'hi' }],
    ['a | filter user.name:r¦', { kind: 'value', field: 'user.name', typed: 'r' }],
    ['a | stats count() if (user.name:r¦', { kind: 'value', field: 'user.name', typed: 'r' }],
    ['x:in(error | fi¦', { kind: 'pipe', typed: 'fi' }],
    ['"some ph¦', { kind: 'none' }],
    ['"a | b¦', { kind: 'none' }],
  ])('%s', (text, want) => {
    expect(at(text)).toMatchObject(want);
  });
});
