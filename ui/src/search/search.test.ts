import { describe, expect, it } from 'vitest';
import { inOrder } from './around';
import { columnWidth, defaultColumns, moved, toggled } from './columns';
import { curl, saysCut } from './export';
import { stack } from './histogram';
import { reduce, type Live } from './live';
import { columnsOf, columnsParam, searchParams } from './params';
import { recent, remember } from './recent';
import { columnsOfRows, numeric } from './rows';

const event = (id: string, at = '2026-01-01T00:00:00Z') => ({ 'event.id': id, '@timestamp': at });
const ids = (rows: { 'event.id'?: unknown }[]) => rows.map((row) => row['event.id']);

describe('the live view', () => {
  const on: Live = { state: 'on', rows: [], held: [], paused: false, skipped: 0 };
  it('shows each event once, the last to arrive on top', () => {
    let live = reduce(on, { is: 'events', events: [event('a'), event('b')] });
    live = reduce(live, { is: 'events', events: [event('b'), event('c'), event('c')] });
    expect(ids(live.rows)).toEqual(['c', 'b', 'a']);
  });
  it('holds what arrives while paused, and counts what it cannot hold', () => {
    let live = reduce(reduce(on, { is: 'events', events: [event('a')] }), { is: 'pause', paused: true });
    live = reduce(live, { is: 'events', events: Array.from({ length: 2500 }, (_, i) => event(`x${i}`)) });
    expect([ids(live.rows), live.held.length, live.skipped]).toEqual([['a'], 2000, 500]);
    live = reduce(live, { is: 'pause', paused: false });
    expect([live.rows.length, live.rows[0]?.['event.id'], live.held.length]).toEqual([2000, 'x2499', 0]);
  });
  it('fits in what was there before, and what a broken line missed', () => {
    const live = reduce({ ...on, rows: [event('c', '2026-01-01T00:00:03Z')] }, {
      is: 'caught-up', events: [event('d', '2026-01-01T00:00:04Z'), event('c', '2026-01-01T00:00:03Z'), event('a', '2026-01-01T00:00:01Z')],
    });
    expect(ids(live.rows)).toEqual(['d', 'c', 'a']);
  });
});

describe('columns', () => {
  it('come back from the URL as they went, whatever their names', () => {
    for (const names of [['a', 'b.c'], ['with,comma', '100%', '用户'], []]) expect(columnsOf(columnsParam(names))).toEqual(names);
    expect(columnsOf(undefined)).toBeUndefined();
    expect(columnsOf('a,%E0%A4%A,a,@timestamp')).toEqual(['a', '%E0%A4%A']);
  });
  it('by default are fields that most events have and that differ', () => {
    const events = ['1', '2', '3'].map((n) => ({ 'event.dataset': 'x', 'user.name': n, 'source.ip': n === '1' ? '1' : '', 'event.outcome': 'same' }));
    expect(defaultColumns(events)).toEqual(['event.dataset', 'user.name', 'message']);
  });
  it('move and toggle', () => {
    expect(moved(['a', 'b', 'c'], 'c', -1)).toEqual(['a', 'c', 'b']);
    expect(moved(['a', 'b'], 'a', -1)).toEqual(['a', 'b']);
    expect(toggled(['a', 'message'], 'b')).toEqual(['a', 'b', 'message']);
    expect(toggled(['a', 'b'], 'a')).toEqual(['b']);
    expect(columnWidth('message')).not.toBe(columnWidth('user.name'));
  });
});

describe('rows of a calculation', () => {
  it.each([['0', 0], ['12', 12], ['-1.5', -1.5], ['1e+06', 1e6], ['007', undefined], ['1.2.3.4', undefined], ['', undefined], ['12345678901234567890', undefined], ['NaN', undefined]])('%s', (text, want) => {
    expect(numeric(text)).toBe(want);
  });
  it('have groups first, as the query names them, and know their numbers', () => {
    const rows = [{ hits: '3', 'source.ip': '1.1.1.1', 'http.response.status_code': '200' }, { hits: '12', 'source.ip': '2.2.2.2', 'http.response.status_code': '404' }];
    expect(columnsOfRows(rows, 'x | stats by (source.ip, http.response.status_code) count() hits')).toEqual([
      { name: 'source.ip', kind: 'text', most: 0 }, { name: 'http.response.status_code', kind: 'text', most: 0 }, { name: 'hits', kind: 'number', most: 12 },
    ]);
  });
});

describe('the histogram', () => {
  it('stacks parts to the height of the whole', () => {
    const pieces = stack(10, [5, 3], 10);
    expect(pieces.map(({ of }) => of)).toEqual([0, 1, 5]);
    expect(pieces.reduce((sum, { size }) => sum + size, 0)).toBeCloseTo(62);
  });
  it('shows one event beside a million', () => {
    expect(stack(1, [], 1e6)[0]?.size).toBeGreaterThanOrEqual(1.5);
    expect(stack(0, [], 10)).toEqual([]);
  });
});

it('surrounding records stand in order, each once, to the nanosecond', () => {
  const at = (id: string, fraction: string) => event(id, `2026-01-01T00:00:00${fraction}Z`);
  const own = at('m', '.5');
  expect(ids(inOrder([own, at('b', '.123456789'), at('a', '')], own, [own, at('y', '.500000001'), at('z', '.6')]))).toEqual(['z', 'y', 'm', 'b', 'a']);
});

describe('export', () => {
  it('notices the line that says it was cut, and nothing else', () => {
    expect(saysCut('a,b\niSOC export: cut after 100000 rows; narrow the query\n')).toBe(true);
    expect(saysCut('{}\n{"isoc.export":"cut after 256 MiB"}\n')).toBe(true);
    expect(saysCut('a,"iSOC export: no"\n')).toBe(false);
    expect(saysCut('iSOC export: x\nanother,row\n')).toBe(false);
  });
  it('makes a command that a shell takes as it is', () => {
    const command = curl('https://soc.example', { tenants: ['a'], query: `message:"it's $HOME \`x\`"`, from: undefined, to: undefined }, 'newest');
    expect(command).toContain(`-d '{"tenants":["a"],"query":"message:\\"it'\\''s $HOME \`x\`\\"","limit":100,"order":"newest"}'`);
    expect(command).toContain('YOUR_TOKEN');
  });
});

it('recent queries are each person’s own, newest first, once', () => {
  remember('li', 'a');
  remember('li', 'b');
  remember('li', 'a');
  remember('li', '  ');
  expect(recent('li')).toEqual(['a', 'b']);
  expect(recent('wang')).toEqual([]);
  localStorage.setItem('isoc.queries.wang', '{"not":"a list"}');
  expect(recent('wang')).toEqual([]);
});

it('the URL keeps what fits and drops the rest', () => {
  expect(searchParams({ q: 'a', sort: 'sideways', tab: 'json', live: 1, wrap: '1', record: 'x', cols: 'a,b' })).toMatchObject({ q: 'a', sort: undefined, tab: 'json', live: '1', wrap: '1', record: 'x', cols: 'a,b' });
});
