import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { actions } from './words';

const root = join(__dirname, '../../../internal');
// Where the server keeps an entry: the call that does, or a wrapper that is handed the action.
const keeps = /\b(?:[Rr]ecord\w*|auditRead|readAudited|modify|change\w*)\(|\baction(?:, \w+)? :?= /;

function kept(): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.go') || name.endsWith('_test.go') || !/^(access|api|app|content|demo|flow.collect|response)\b/.test(name)) continue;
    for (const line of readFileSync(join(root, name), 'utf8').split('\n')) {
      if (!keeps.test(line)) continue;
      for (const [, action] of line.matchAll(/"([a-z]+\.[a-z_]+)"/g)) if (action) found.set(action, name);
    }
  }
  return found;
}

describe('the words of audit actions', () => {
  it('are there for every action the server keeps', () => {
    const found = kept();
    expect(found.size).toBeGreaterThan(25); // else the test looks in the wrong place
    expect([...found].filter(([action]) => !(actions as readonly string[]).includes(action))).toEqual([]);
  });
});
