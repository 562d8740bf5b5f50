import { describe, expect, it, vi } from 'vitest';
import type { Alert } from '../client';
import { inChunks, planned, predicted, undoing, type Done } from './judge';

const me = { username: 'li', name: '李' };
const row = (id: string, state: Alert['state'], assignee = '') => ({ id, state, assignee, version: 1, verdict: '', reason: '' }) as Alert;
const plan = (...args: Parameters<typeof planned>) => planned(...args).map(({ change, rows }) => ({ ...change, rows: rows.map(({ id }) => id) }));
const undo = (rows: Alert[], change: Parameters<typeof undoing>[1]) => undoing(rows, change, me).map((step) => ({ ...step.change, rows: step.rows.map(({ id }) => id) }));

describe('an action', () => {
  const rows = [row('n', 'new'), row('mine', 'acknowledged', 'li'), row('other', 'investigating', 'wang'), row('done', 'closed', 'wang')];
  it('acknowledges what is new, takes over what others hold, and leaves the rest', () => {
    expect(plan({ kind: 'acknowledge' }, rows, me)).toEqual([
      { to: 'acknowledged', assignee: 'li', rows: ['n'] }, { assignee: 'li', rows: ['other'] },
    ]);
  });
  it('closes what is open and reopens what is closed', () => {
    expect(plan({ kind: 'close', verdict: 'duplicate', reason: 'x' }, rows, me)).toEqual([{ to: 'closed', verdict: 'duplicate', reason: 'x', rows: ['n', 'mine', 'other'] }]);
    expect(plan({ kind: 'reopen' }, rows, me)).toEqual([{ to: 'investigating', rows: ['done'] }]);
    expect(plan({ kind: 'investigate' }, rows, me)).toEqual([{ to: 'investigating', rows: ['n', 'mine'] }]);
  });
  it('assigns and releases where that changes anything', () => {
    expect(plan({ kind: 'assign', person: me }, rows, me)).toEqual([{ assignee: 'li', rows: ['n', 'other', 'done'] }]);
    expect(plan({ kind: 'assign', person: undefined }, rows, me)).toEqual([{ assignee: '', rows: ['mine', 'other', 'done'] }]);
  });
  it('is shown before it is answered', () => {
    expect(predicted(row('n', 'new'), { to: 'investigating' }, [], me)).toMatchObject({ state: 'investigating', assignee: 'li', assignee_name: '李' });
    expect(predicted(row('n', 'acknowledged', 'wang'), { to: 'closed', verdict: 'duplicate', reason: 'x' }, [], me)).toEqual({ state: 'closed', verdict: 'duplicate', reason: 'x' });
  });
});

describe('undoing', () => {
  it('gives back what was taken', () => {
    expect(undo([row('n', 'new')], { to: 'acknowledged', assignee: 'li' })).toEqual([{ to: 'new', rows: ['n'] }]);
    expect(undo([row('o', 'investigating', 'wang')], { assignee: 'li' })).toEqual([{ assignee: 'wang', rows: ['o'] }]);
  });
  it('goes back the way the states allow, rows of the same turn together', () => {
    const steps = undo([row('n', 'new'), row('a', 'acknowledged', 'wang'), row('i', 'investigating', 'li')], { to: 'closed', verdict: 'duplicate', reason: 'x' });
    expect(steps).toEqual([
      { to: 'investigating', rows: ['n', 'a', 'i'] }, { to: 'acknowledged', rows: ['n', 'a'] }, { to: 'new', rows: ['n'] },
    ]);
  });
  it('closes again with the same verdict what was reopened', () => {
    const closed = { ...row('d', 'closed', 'li'), verdict: 'false_positive', reason: 'scanner' } as Alert;
    expect(undo([closed], { to: 'investigating' })).toEqual([{ to: 'closed', verdict: 'false_positive', reason: 'scanner', rows: ['d'] }]);
  });
});

describe('many alerts', () => {
  const items = Array.from({ length: 1200 }, (_, i) => ({ id: `a${i}`, version: 1 }));
  const done = (part: { id: string }[]): Done => ({ changed: part.map(({ id }) => ({ id, version: 2, state: 'acknowledged' })), failed: [] });
  it('are changed so many at a time, and it is said how far that is', async () => {
    const send = vi.fn(async (part: { id: string }[]) => done(part));
    const said: number[] = [];
    const all = await inChunks(items, { to: 'acknowledged' }, send, (so) => said.push(so), new AbortController().signal);
    expect(send.mock.calls.map(([part]) => part.length)).toEqual([500, 500, 200]);
    expect(said).toEqual([500, 1000, 1200]);
    expect(all.changed.length).toBe(1200);
  });
  it('stop where told to', async () => {
    const stop = new AbortController();
    const all = await inChunks(items, {}, async (part) => done(part), () => stop.abort(), stop.signal);
    expect(all.changed.length).toBe(500);
  });
});
