import { describe, expect, it } from 'vitest';
import { bodyHeight, bringing, listOffset, scrollOffset, tallest, windowOf } from './virtual-window';

const small = { count: 100_000, row: 28, view: 560 };
const huge = { count: 1_000_000, row: 28, view: 560 };

describe('the window over a long list', () => {
  it('holds what is seen and a few rows around it', () => {
    expect(windowOf(small, 0, 5)).toEqual({ first: 0, end: 25, shift: 0 });
    expect(windowOf(small, 28_000, 5)).toEqual({ first: 995, end: 1025, shift: 0 });
    expect(windowOf(small, 28_013, 0)).toEqual({ first: 1000, end: 1021, shift: 0 });
    expect(windowOf(small, 100_000 * 28 - 560, 5)).toEqual({ first: 99_975, end: 100_000, shift: 0 });
  });

  it('is empty over nothing and never leaves the list', () => {
    expect(windowOf({ count: 0, row: 28, view: 560 }, 0, 5)).toEqual({ first: 0, end: 0, shift: 0 });
    expect(windowOf({ count: 3, row: 28, view: 560 }, 9999, 5)).toMatchObject({ first: 3, end: 3 });
  });

  it('reaches every row of a list too high for browsers', () => {
    expect(bodyHeight(huge)).toBe(tallest);
    expect(windowOf(huge, 0, 0).first).toBe(0);
    const last = windowOf(huge, tallest - huge.view, 0);
    expect(last.end).toBe(1_000_000);
    expect(last.first).toBe(1_000_000 - 20);
    // The last row ends where the element ends.
    expect(1_000_000 * 28 + last.shift).toBeCloseTo(tallest, 3);
    for (const offset of [0, 28, 14_000_000, 27_000_000]) {
      expect(listOffset(huge, scrollOffset(huge, offset))).toBeCloseTo(offset, 3);
    }
  });

  it('scrolls only when a row is not seen, and by as little as needed', () => {
    expect(bringing(small, 0, 3)).toBeUndefined();
    expect(bringing(small, 0, 0)).toBeUndefined();
    expect(bringing(small, 0, 20)).toBe(22 * 28 - 560);
    expect(bringing(small, 2800, 99)).toBe(98 * 28);
    expect(bringing(small, 2800, 0)).toBe(0);
    expect(bringing(small, 0, 99_999)).toBe(100_000 * 28 - 560);
    expect(bringing({ count: 3, row: 28, view: 560 }, 0, 2)).toBeUndefined();
  });
});
