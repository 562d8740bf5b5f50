import { describe, expect, it } from 'vitest';
import { and, everywhere, filter, hasPipes, indexOfByte } from './logsql';

describe('filters', () => {
  it.each([
    ['user.name', 'root', true, 'user.name:="root"'],
    ['user.name', 'root', false, '!user.name:="root"'],
    ['message', 'a "b" \\ c', true, 'message:="a \\"b\\" \\\\ c"'],
    ['odd field', 'x', true, '"odd field":="x"'],
    ['用户', '管理员', true, '"用户":="管理员"'],
  ])('%s = %s (%s)', (field, value, keep, want) => {
    expect(filter(field, value, keep)).toBe(want);
  });
});

describe('adding a condition', () => {
  it.each([
    ['', 'a:=1', 'a:=1'],
    ['*', 'a:=1', 'a:=1'],
    ['error', 'a:=1', 'error a:=1'],
    ['x or y', 'a:=1', '(x or y) a:=1'],
    ['order', 'a:=1', 'order a:=1'],
    ['error | stats count()', 'a:=1', 'error a:=1 | stats count()'],
    ['"a | b"', 'a:=1', '"a | b" a:=1'],
    ['"a \\" | b" | limit 5', 'a:=1', '"a \\" | b" a:=1 | limit 5'],
  ])('%j', (query, condition, want) => {
    expect(and(query, condition)).toBe(want);
  });
});

it('tells pipes from bars in quotes', () => {
  expect(hasPipes('a | stats count()')).toBe(true);
  expect(hasPipes('`a | b`')).toBe(false);
});

describe('places of errors', () => {
  it.each([['abc', 2, 2], ['登录 x', 3, 1], ['登录 x', 7, 3], ['🙂x', 4, 2], ['abc', 99, 3], ['', 0, 0]])('%j at byte %d', (text, byte, want) => {
    expect(indexOfByte(text, byte)).toBe(want);
  });
});

describe('a value anywhere', () => {
  it('looks into the record, escaped as JSON holds it', () => {
    expect(everywhere('C:\\x')).toBe('event.original:"C:\\\\x" or event.original:"C:\\\\\\\\x" or message:"C:\\\\x"');
  });
  it('looks into the fields of addresses for an address', () => {
    expect(everywhere('203.0.113.7')).toContain('source.ip:="203.0.113.7"');
    expect(everywhere('2001:db8::1')).toContain('destination.ip:="2001:db8::1"');
    expect(everywhere('root')).not.toContain('source.ip');
  });
});
