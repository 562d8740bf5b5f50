import { describe, expect, it } from 'vitest';
import type { Alert } from '../client';
import { begun, indexOf, landed, mostPages, offsetOf, pageSize, patched, patchOf, rowAt, trimmed, type Snapshot } from './snapshot';

const row = (n: number, more: Partial<Alert> = {}) => ({ id: `a${n}`, state: 'new', count: 1, version: 1, ...more }) as Alert;
const rows = (from: number, n = pageSize) => Array.from({ length: n }, (_, i) => row(from + i));
const answer = (from: number, n: number, total: number) => ({ items: rows(from, n), total, newest: 'a9' });
const isOpen = (each: Alert) => each.state !== 'closed';
const start = (total: number) => begun(answer(0, Math.min(pageSize, total), total));

describe('the snapshot of a list', () => {
  it('knows its rows by place once they are loaded', () => {
    const list = landed(start(1000), 3, answer(300, pageSize, 1000));
    expect(rowAt(list, 0)?.id).toBe('a0');
    expect(rowAt(list, 350)?.id).toBe('a350');
    expect(rowAt(list, 150)).toBeUndefined();
    expect(indexOf(list, 'a350')).toBe(350);
    expect(indexOf(list, 'a150')).toBe(-1);
    expect(list.drifted).toBe(false);
  });

  it('changes rows in place, and leaves all others the same objects', () => {
    const before = start(1000);
    const after = patched(before, new Map([['a5', { state: 'acknowledged', version: 2 }]]), isOpen);
    expect(rowAt(after, 5)).toMatchObject({ id: 'a5', state: 'acknowledged', version: 2 });
    expect(rowAt(after, 6)).toBe(rowAt(before, 6));
    expect(patched(before, new Map([['elsewhere', { state: 'closed' }]]), isOpen)).toBe(before);
  });

  it('keeps rows that no longer fit where they are, and asks for later pages without them', () => {
    const closed = patched(start(1000), new Map([['a5', { state: 'closed' }], ['a7', { state: 'closed' }]]), isOpen);
    expect(rowAt(closed, 5)?.state).toBe('closed');
    expect([...closed.left]).toEqual([['a5', 5], ['a7', 7]]);
    expect(offsetOf(closed, 2)).toBe(198);
    expect(offsetOf(closed, 0)).toBe(0);
    expect(closed.total).toBe(1000);
    // The server counts two fewer: that is no surprise.
    expect(landed(closed, 2, answer(200, pageSize, 998)).drifted).toBe(false);
    const reopened = patched(closed, new Map([['a5', { state: 'investigating' }]]), isOpen);
    expect([...reopened.left.keys()]).toEqual(['a7']);
  });

  it('refuses news older than the row', () => {
    const list = patched(start(10), new Map([['a5', { state: 'closed', version: 4 }]]), isOpen);
    const late = patched(list, new Map([['a5', patchOf(row(5, { version: 3 }))]]), isOpen);
    expect(rowAt(late, 5)).toMatchObject({ state: 'closed', version: 4 });
  });

  it('notices that others changed what is not loaded, and ends where the server does', () => {
    const list = landed(start(1000), 9, answer(900, 60, 960));
    expect(list.drifted).toBe(true);
    expect(list.total).toBe(960);
  });

  it('gives up pages far from the view, never too many', () => {
    let list: Snapshot = start(100_000);
    for (let page = 1; page <= mostPages; page++) list = landed(list, page, answer(page * pageSize, pageSize, 100_000));
    const less = trimmed(list, 100);
    expect(less.pages.size).toBeLessThanOrEqual(mostPages);
    expect(less.pages.has(100)).toBe(true);
    expect(less.pages.has(0)).toBe(false);
  });
});
