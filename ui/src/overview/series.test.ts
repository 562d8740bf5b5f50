import { describe, expect, it } from 'vitest';
import { filled } from './series';

const hour = 3600e3;
const at = (h: number) => Date.UTC(2026, 0, 1, h);
const point = (h: number, high: number) => ({ at: new Date(at(h)).toISOString(), levels: { high } });

describe('a series of steps', () => {
  it('has no gaps, begins with the step of its beginning and ends with that of its end', () => {
    const all = filled([point(5, 2), point(3, 1)], hour, at(1) + 60e3, at(7) + 60e3);
    expect(all.map((each) => [new Date(each.at).getUTCHours(), each.levels.high ?? 0])).toEqual([[1, 0], [2, 0], [3, 1], [4, 0], [5, 2], [6, 0], [7, 0]]);
  });

  it('spans what is known where there are no bounds, and is empty where nothing is known', () => {
    expect(filled([point(3, 1), point(5, 2)], hour, undefined, undefined)).toHaveLength(3);
    expect(filled([], hour, at(0), at(9))).toEqual([]);
    expect(filled([point(3, 1)], hour, at(3), at(4))).toHaveLength(1);
  });

  it('keeps to the steps that are known where the span does not fit the width', () => {
    expect(filled([point(3, 1), point(5, 2)], 1000, at(0), at(9))).toHaveLength(2);
  });
});
