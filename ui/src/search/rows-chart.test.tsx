import { render, screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { plain } from '../kit/chart';
import { grouping } from './grouping';
import { bars, within } from './numbers';
import { columnsOfRows } from './rows';
import { behind, plotted } from './rows-chart';
import { RowsPlot } from './rows-plot';

describe('what the rows of a query are grouped by', () => {
  const group = (base: string, by: string[], step?: number, additive = true, sorted = false) => ({ base, by, sorted, additive, ...(step === undefined ? {} : { step }) });
  it.each([
    ['* | stats by (_time:5m) count() n', group('', [], 300e3)],
    ['* | by (@timestamp:1h30m, host.name) count() n', group('', ['host.name'], 5400e3)],
    ['err | count() by ("odd, name", a-b)', group('err', ['odd, name', 'a-b'])],
    ['a or b | filter c | where d or e | stats by (_time:day offset 8h) sum(x), max(y)', group('(a or b) c (d or e)', [], 86400e3, false)],
    ['x | stats by (u) count() if (y:(z) or "|") as n | sort by (n desc) | limit 5', group('x', ['u'], undefined, true, true)],
    ['x | stats count() n', group('x', [])],
    ['x', undefined],
    ['x | fields a', undefined],
    ['x | extract "<a>" | stats by (a) count()', undefined],
    ['x | stats by (a) count() n | fields n', undefined],
    ['x | stats by (source.port:1000) count()', undefined],
    ['x | stats by (_time:month) count()', undefined],
    ['x | stats by (a) count() n | stats max(n)', undefined],
  ])('%s', (query, want) => {
    expect(grouping(query)).toEqual(want);
  });
});

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 10, minute)).toISOString();
const query = 'x | stats by (_time:5m, host) count() n';

describe('rows over time', () => {
  const rows = [
    { '@timestamp': at(0), host: 'a', n: '2' }, { '@timestamp': at(10), host: 'a', n: '3' }, { '@timestamp': at(10), host: 'b', n: '9' }, { '@timestamp': at(5), host: '', n: '1' },
  ];
  it('are one series a group, greatest first, with every slice between', () => {
    const data = plotted(rows, columnsOfRows(rows, query), grouping(query));
    expect(data?.starts.map((start) => new Date(start).toISOString())).toEqual([at(0), at(5), at(10)]);
    expect(data?.series.map(({ name, cells }) => [name, cells])).toEqual([['b', [null, null, 9]], ['a', [2, null, 3]], ['–', [null, 1, null]]]);
    expect([data?.bars, data?.left]).toEqual([true, 0]);
  });
  it('say how many groups are not drawn', () => {
    const many = Array.from({ length: 20 }, (_, i) => ({ '@timestamp': at(5 * (i % 2)), host: `h${i}`, n: String(i + 1) }));
    const data = plotted(many, columnsOfRows(many, query), grouping(query));
    expect([data?.series.length, data?.left, data?.series[0]?.name]).toEqual([6, 14, 'h19']);
  });
  it('are lines where figures cannot be added up, one for each of them', () => {
    const found = [{ '@timestamp': at(0), low: '1', high: '5' }, { '@timestamp': at(5), low: '2', high: '6' }];
    const text = '* | stats by (_time:5m) min(x) low, max(x) high';
    const data = plotted(found, columnsOfRows(found, text), grouping(text));
    expect([data?.bars, data?.series.map(({ name }) => name)]).toEqual([false, ['high', 'low']]);
    expect(plotted(found, columnsOfRows(found, text), grouping(text), 'low')?.series.map(({ name }) => name)).toEqual(['low']);
  });
  it('are no chart without two moments or a number', () => {
    expect(plotted(rows.slice(0, 1), columnsOfRows(rows, query), grouping(query))).toBeUndefined();
    const words = rows.map(({ host, ...row }) => ({ '@timestamp': row['@timestamp'], host }));
    expect(plotted(words, columnsOfRows(words, query), undefined)).toBeUndefined();
    const seen = [{ host: 'a', n: '1', first: at(0) }, { host: 'b', n: '2', first: at(5) }];
    expect(plotted(seen, columnsOfRows(seen, query), undefined)).toBeUndefined();
  });
  it('lead to the events they were made of', () => {
    expect(behind(rows[2] ?? {}, grouping(query))).toEqual({ q: 'x host:="b"', from: at(10), to: at(15) });
    expect(behind({ host: 'say "hi"' }, grouping('a or b | stats by (host) count()'))).toEqual({ q: '(a or b) host:="say \\"hi\\""' });
    expect(behind({}, grouping('* | stats by (host) count()'))).toEqual({ q: 'host:=""' });
    expect(behind({ n: '4' }, grouping('* | stats count() n'))).toEqual({ q: '*' });
    expect(behind(rows[0] ?? {}, undefined)).toBeUndefined();
  });
});

it('a hostile group stays text in the chart and its table', () => {
  const hostile = '<img src=x onerror="window.broken=1">\u202e{a|b}';
  const rows = [{ '@timestamp': at(0), host: hostile, n: '2' }, { '@timestamp': at(5), host: 'b', n: '3' }];
  const columns = columnsOfRows(rows, query);
  const data = plotted(rows, columns, grouping(query))!;
  const { container } = render(<RowsPlot data={data} columns={columns} group={grouping(query)} chosen={undefined} choose={vi.fn()} setRange={vi.fn()} />);
  expect(container.querySelector('img, [onerror]')).toBeNull();
  expect(container.textContent).not.toContain('\u202e');
  expect(screen.getByRole('columnheader', { name: /<img src=x/ }).textContent).toContain('[U+202E]');
  expect(plain('{a|b} {x}')).toBe('{\u200ba|b} {x}');
});

describe('a distribution', () => {
  it('has few bars, none of the events missing', () => {
    const buckets = Array.from({ length: 60 }, (_, i) => ({ from: 1.136 ** i, to: 1.136 ** (i + 1), hits: i + 1 }));
    const all = bars([{ from: 0, to: 1e-9, hits: 7 }, ...buckets]);
    expect(all.length).toBeLessThanOrEqual(18);
    expect(all.reduce((sum, bar) => sum + bar.hits, 0)).toBe(7 + (60 * 61) / 2);
    for (const [i, bar] of all.slice(2).entries()) expect(bar.from).toBeGreaterThanOrEqual((all[i + 1]?.to ?? 0) * (1 - 1e-9));
    expect(bars([])).toEqual([]);
  });
  it('narrows to what a bar counted', () => {
    expect(within('http.bytes', { from: 10, to: 11.36, hits: 1 })).toBe('http.bytes:range(10, 11.36]');
    expect(within('odd name', { from: 0, to: 1e-9, hits: 1 })).toBe('"odd name":range[0, 1e-9]');
  });
});
