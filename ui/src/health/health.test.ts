import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HealthHistory } from '../client';
import { codes, parts } from './component';
import { lastMinute, series, shareOfHour } from './figures';

const server = readFileSync(join(__dirname, '../../../internal/app/health.go'), 'utf8');
const manual = readFileSync(join(__dirname, '../../../docs/how-to/operate.md'), 'utf8');

const minute = (received: number, parsed = 0, unparsed = 0) => ({
  at: '2026-03-04T12:00:00Z', received, rejected: 0, parsed, unparsed, findings: 0, lag_s: 0, pending: 0, heap_bytes: 0, goroutines: 0,
});
const history: HealthHistory = { since: '2026-03-04T12:00:00Z', items: [minute(5, 90, 9), minute(7, 10, 1), minute(1)] };

describe('health', () => {
  it('knows every code and part the server names, and the manual has them', () => {
    const named = [...server.matchAll(/"([a-z]+\.[a-z]+)"/g)].map(([, code]) => code).sort();
    expect([...codes].sort()).toEqual([...new Set(named)]);
    expect([...parts].sort()).toEqual([...server.matchAll(/component\("([a-z]+)"\)/g)].map(([, part]) => part).sort());
    expect(codes.filter((code) => !manual.includes(`\`${code}\``))).toEqual([]);
  });
  it('leaves the running minute out of series and rates, not out of sums', () => {
    expect(series(history, ({ received }) => received)).toEqual([5, 7]);
    expect(lastMinute(history, ({ received }) => received)).toBe(7);
    expect(lastMinute({ ...history, items: [minute(3)] }, ({ received }) => received)).toBeUndefined();
    expect(shareOfHour(history, ({ unparsed }) => unparsed, ({ parsed }) => parsed)).toBe(0.1);
    expect(shareOfHour(undefined, () => 1, () => 0)).toBeUndefined();
  });
});
