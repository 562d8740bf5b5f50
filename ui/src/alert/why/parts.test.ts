import { describe, expect, it } from 'vitest';
import { nested } from './parts';

const part = (rule: string, parts: ReturnType<typeof some>[] = []) => some(rule, parts);

function some(rule: string, parts: unknown[]): Parameters<typeof nested>[0][number] {
  const at = '2026-03-02T08:00:00Z';
  return { rule, title: rule, title_zh: '', count: 1, first: at, last: at, events: [{ id: rule, time: at }], parts: parts as never };
}

describe('nested', () => {
  it('lists each part before those of its own firings, and tells the same rule at two places apart', () => {
    const list = nested([part('chain', [part('inner', [part('base')]), part('other')]), part('base')]);
    expect(list.map(({ part: { rule }, depth }) => [rule, depth])).toEqual([['chain', 0], ['inner', 1], ['base', 2], ['other', 1], ['base', 0]]);
    expect(new Set(list.map(({ key }) => key)).size).toBe(list.length);
  });
});
