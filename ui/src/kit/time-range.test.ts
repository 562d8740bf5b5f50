import { describe, expect, it } from 'vitest';
import { days, isBound, presetOf, readBound, resolve, step, zoomOut } from './time-range';

const now = Date.UTC(2026, 10, 23, 12);

describe('time ranges', () => {
  it.each([
    ['now', '2026-11-23T12:00:00.000Z'],
    ['now-15m', '2026-11-23T11:45:00.000Z'],
    ['now-2d', '2026-11-21T12:00:00.000Z'],
    ['now-1w', '2026-11-16T12:00:00.000Z'],
    ['now-1d12h', '2026-11-22T00:00:00.000Z'],
    ['2026-11-01T08:00:00+08:00', '2026-11-01T00:00:00.000Z'],
  ])('%s', (bound, want) => {
    expect(resolve(bound, now)?.toISOString()).toBe(want);
  });
  it.each(['', 'yesterday', 'now-5y', 'now+1h', '7', '2026-99-01'])('%j is no bound', (bound) => {
    expect(resolve(bound, now)).toBeUndefined();
    expect(isBound(bound)).toBe(false);
  });
  it('knows its presets', () => {
    expect(presetOf({ from: 'now-24h', to: 'now' })).toBe('24h');
    expect(presetOf({ from: 'now-23h', to: 'now' })).toBeUndefined();
    expect(presetOf({ from: 'now-24h', to: 'now-1h' })).toBeUndefined();
  });
});

describe('typed times', () => {
  const zone = 'Asia/Shanghai'; // now is 20:00 there
  it.each([
    ['now', 'now'],
    ['now-3d', 'now-3d'],
    ['3d', 'now-3d'],
    ['-90M', 'now-90m'],
    ['1d12h', 'now-1d12h'],
    ['2026-11-20', '2026-11-19T16:00:00.000Z'],
    ['2026/11/20 08:30', '2026-11-20T00:30:00.000Z'],
    ['11-20 08:30:05', '2026-11-20T00:30:05.000Z'],
    ['08:30', '2026-11-23T00:30:00.000Z'],
    ['2026-11-20T08:30:00.25', '2026-11-20T00:30:00.250Z'],
    ['2026-11-20T08:30:00Z', '2026-11-20T08:30:00.000Z'],
    ['2026-11-20T08:30:00+02:00', '2026-11-20T06:30:00.000Z'],
    ['1700000000', '2023-11-14T22:13:20.000Z'],
    ['1700000000123', '2023-11-14T22:13:20.123Z'],
  ])('%s', (typed, want) => {
    expect(readBound(typed, now, zone)).toBe(want);
  });
  it('take a day as an end to its end', () => {
    expect(readBound('2026-11-20', now, zone, true)).toBe('2026-11-20T16:00:00.000Z');
    expect(readBound('2026-11-20 10:00', now, zone, true)).toBe('2026-11-20T02:00:00.000Z');
  });
  it.each(['', 'soon', '2026-02-30', '25:00', '10:61', 'now+1h', '3y', '1969-01-01', '12'])('%j says none', (typed) => {
    expect(readBound(typed, now, zone)).toBeUndefined();
  });
});

describe('moving through time', () => {
  it('knows today and yesterday of the zone', () => {
    expect(days(now, 'Asia/Shanghai', 0)).toEqual({ from: '2026-11-22T16:00:00.000Z', to: 'now' });
    expect(days(now, 'Asia/Shanghai', 1, 1)).toEqual({ from: '2026-11-21T16:00:00.000Z', to: '2026-11-22T16:00:00.000Z' });
    expect(days(Date.UTC(2026, 2, 29, 12), 'Europe/Berlin', 0, 1)).toEqual({ from: '2026-03-28T23:00:00.000Z', to: '2026-03-29T22:00:00.000Z' });
  });
  it('steps by its own length and never beyond now', () => {
    const before = step({ from: 'now-1h', to: 'now' }, false, now);
    expect(before).toEqual({ from: '2026-11-23T10:00:00.000Z', to: '2026-11-23T11:00:00.000Z' });
    expect(step(before!, true, now)).toEqual({ from: '2026-11-23T11:00:00.000Z', to: '2026-11-23T12:00:00.000Z' });
    expect(step({ from: '2026-11-23T10:30:00Z', to: '2026-11-23T11:30:00Z' }, true, now)).toEqual({ from: '2026-11-23T11:00:00.000Z', to: '2026-11-23T12:00:00.000Z' });
    expect(step({ from: '', to: 'now' }, false, now)).toBeUndefined();
  });
  it('zooms out to twice the length', () => {
    expect(zoomOut({ from: 'now-1h', to: 'now' }, now)).toEqual({ from: 'now-2h', to: 'now' });
    expect(zoomOut({ from: '2026-11-23T08:00:00Z', to: '2026-11-23T10:00:00Z' }, now)).toEqual({ from: '2026-11-23T07:00:00.000Z', to: '2026-11-23T11:00:00.000Z' });
    expect(zoomOut({ from: '', to: 'now' }, now)).toBeUndefined();
  });
});
