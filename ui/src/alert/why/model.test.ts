import { describe, expect, it } from 'vitest';
import type { RuleNode, RuleTest, RuleTree } from '../../client';
import { cutOut, exceptions, facts, pieces, rawHits, relation } from './model';

function test(field: string, holds: boolean, more: Partial<RuleTest> = {}): RuleNode {
  return {
    kind: 'test', text: '', holds, need: 0, of: 0, omitted: 0, repeated: false, kids: [],
    test: {
      field, names: [field], modifiers: ['contains'], all: false, negated: false, absent: false, values: [0], count: 1, matched: Number(holds),
      patterns: [{ text: 'b', null: false, holds, hits: holds ? [{ value: 0, spans: [{ start: 1, end: 2 }], raw: [{ start: 7, end: 8 }] }] : [] }],
      ...more,
    },
  };
}

function inner(kind: RuleNode['kind'], text: string, holds: boolean, ...kids: RuleNode[]): RuleNode {
  return { kind, text, holds, need: 1, of: kids.length, omitted: 0, repeated: false, kids };
}

const tree: RuleTree = {
  conditions: ['selection and not 1 of filter*'],
  root: inner('logic', '', true,
    inner('search', 'selection', true, test('F', true), test('G', false)),
    inner('not', '', true, inner('logic', '1 of filter*', false, inner('search', 'filter_a', false, test('H', false))))),
  values: [{ field: 'f', value: 'abc', skipped: 0, length: 3 }],
};

describe('the true path', () => {
  it('has the lines that hold, with what they found', () => {
    expect(facts(tree).map((fact) => [fact.test.field, fact.field, fact.value, fact.found])).toEqual([['F', 'f', 'abc', ['b']]]);
  });
  it('names the exceptions that did not apply', () => {
    expect(exceptions(tree)).toEqual(['1 of filter*']);
  });
  it('finds its hits in the record', () => {
    expect(rawHits(tree)).toEqual([{ start: 7, end: 8, hit: true, field: 'f' }]);
  });
});

describe('pieces', () => {
  it('follow one another and know what they stand for', () => {
    const found = pieces('user=root x', [
      { start: 5, end: 9, hit: false, field: 'user.name' }, { start: 0, end: 11, hit: false, field: 'wide' }, { start: 6, end: 7, hit: true, field: 'user.name' },
    ]);
    expect(found.map((piece) => piece.text).join('')).toBe('user=root x');
    expect(found.find((piece) => piece.hit)).toEqual({ text: 'o', hit: true, fields: ['user.name', 'wide'] });
  });
  it('drops what lies outside of the text', () => {
    expect(pieces('ab', [{ start: 1, end: 9, hit: true }, { start: -1, end: 1, hit: true }, { start: 1, end: 1, hit: true }])).toEqual([{ text: 'ab', hit: false, fields: [] }]);
    expect(pieces('', [])).toEqual([]);
  });
});

it('cuts from the window that is here', () => {
  expect(cutOut({ value: 'xabcx', skipped: 100 }, { start: 101, end: 104 })).toBe('abc');
  expect(cutOut({ value: 'x', skipped: 100 }, { start: 1, end: 4 })).toBe('');
});

describe('relation', () => {
  it.each([
    [['contains', 'all'], 'x', 'contains'], [['startswith', 'endswith'], 'x', 'contains'], [['windash', 'endswith'], 'x', 'endswith'], [[], 'a*b', 'like'],
    [[], 'a\\*b', 'is'], [['re', 'i'], 'x', 're'], [['hour', 'gt'], '3', 'timePart'], [['gte'], '3', 'gte'], [['fieldref', 'contains'], 'x', 'fieldref'],
  ])('%j of %s', (modifiers, text, want) => {
    const node = test('F', true, { modifiers });
    expect(relation(node.test as RuleTest, { text, null: false, holds: true, hits: [] })).toBe(want);
  });
});
