import { expect, it } from 'vitest';
import type { RuleNode, RuleTree } from '../../client';
import { matchedLines } from './source';

const rule = `title: x
description: 'cmd.exe'
detection:
    selection_img:
        - Image|endswith: '\\cmd.exe'
        - OriginalFileName: 'Cmd.Exe'
    selection_cli:
        CommandLine|contains|all:
            - 'who''ami'
            - ' /c '
            - other # note
    words:
        - "say \\"hi\\""
    condition: all of selection_* or words
level: high
CommandLine|contains|all: no
`;

function line(field: string, modifiers: string[], ...texts: string[]): RuleNode {
  return {
    kind: 'test', text: '', holds: true, need: 0, of: 0, omitted: 0, repeated: false, kids: [],
    test: {
      field, names: [], modifiers, all: false, negated: false, absent: false, values: [], count: 3, matched: texts.length,
      patterns: texts.map((text) => ({ text, null: false, holds: true, hits: [] })),
    },
  };
}

function tree(...kids: RuleNode[]): RuleTree {
  return { conditions: [], values: [], root: { kind: 'logic', text: '', holds: true, need: 1, of: kids.length, omitted: 0, repeated: false, kids } };
}

const lines = (of: RuleTree) => [...matchedLines(rule, of)].sort((a, b) => a - b).map((at) => rule.split('\n')[at]?.trim());

it('marks lines of the detection that matched', () => {
  expect(lines(tree(line('Image', ['endswith'], '\\cmd.exe'), line('CommandLine', ['contains', 'all'], "who'ami", 'other'))))
    .toEqual(["- Image|endswith: '\\cmd.exe'", 'CommandLine|contains|all:', "- 'who''ami'", '- other # note']);
  expect(lines(tree(line('', [], 'say "hi"')))).toEqual(['- "say \\"hi\\""']);
  expect(lines(tree(line('Nothing', [], 'x')))).toEqual([]);
});

it('takes rules without a detection as they are', () => {
  expect(matchedLines('title: x', tree(line('a', [], 'x'))).size).toBe(0);
});
