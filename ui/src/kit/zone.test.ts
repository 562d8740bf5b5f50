import { afterEach, describe, expect, it } from 'vitest';
import { absolute } from './time';
import { allZones, currentZone, isZone, moment, offsetName, ownZone, setZone, wall, zoneName } from './zone';

const at = new Date('2026-11-23T18:05:09.120Z');

afterEach(() => setZone(ownZone));

describe('zones', () => {
  it.each([
    ['UTC', '2026-11-23 18:05:09'],
    ['Asia/Shanghai', '2026-11-24 02:05:09'],
    ['America/New_York', '2026-11-23 13:05:09'],
    ['Asia/Kathmandu', '2026-11-23 23:50:09'],
    ['America/St_Johns', '2026-11-23 14:35:09'],
  ])('%s', (zone, want) => {
    expect(absolute(at, false, zone)).toBe(want);
    expect(moment(wall(at, zone), zone).toISOString()).toBe(at.toISOString());
  });

  it('are all good for a round trip, in winter and in summer', () => {
    const bad: string[] = [];
    for (const zone of allZones()) {
      for (const day of ['2026-01-15T03:20:00Z', '2026-07-15T21:40:00Z']) {
        const date = new Date(day);
        if (moment(wall(date, zone), zone).getTime() !== date.getTime()) bad.push(`${zone} ${day}`);
      }
    }
    expect(bad).toEqual([]);
  });

  it('know summer time', () => {
    expect(offsetName(new Date('2026-07-01T00:00:00Z'), 'Europe/Berlin')).toBe('UTC+02:00');
    expect(offsetName(new Date('2026-12-01T00:00:00Z'), 'Europe/Berlin')).toBe('UTC+01:00');
    expect(zoneName(at, 'America/St_Johns')).toBe('America/St_Johns (UTC-03:30)');
    expect(zoneName(at, 'UTC')).toBe('UTC');
  });

  it('take the first of an hour that comes twice, and leap over one that never comes', () => {
    // Berlin, 2026-10-25: 03:00 summer time becomes 02:00. 2026-03-29: 02:00 becomes 03:00.
    expect(moment(new Date('2026-10-25T02:30:00Z'), 'Europe/Berlin').toISOString()).toBe('2026-10-25T00:30:00.000Z');
    expect(absolute(moment(new Date('2026-03-29T02:30:00Z'), 'Europe/Berlin'), false, 'Europe/Berlin')).toBe('2026-03-29 03:30:00');
  });

  it('hold before 1970 and at the edges of a quarter', () => {
    expect(absolute(new Date('1960-05-01T00:00:00Z'), false, 'Asia/Shanghai')).toBe('1960-05-01 08:00:00');
    expect(absolute(new Date('2026-10-25T00:59:59.999Z'), true, 'Europe/Berlin')).toBe('2026-10-25 02:59:59.999');
    expect(absolute(new Date('2026-10-25T01:00:00.000Z'), true, 'Europe/Berlin')).toBe('2026-10-25 02:00:00.000');
  });

  it('are refused where nobody knows them', () => {
    expect(isZone('Mars/Olympus')).toBe(false);
    setZone('Mars/Olympus');
    expect(currentZone()).not.toBe('Mars/Olympus');
    setZone('Asia/Shanghai');
    expect(currentZone()).toBe('Asia/Shanghai');
    expect(absolute(at)).toBe('2026-11-24 02:05:09');
  });
});
