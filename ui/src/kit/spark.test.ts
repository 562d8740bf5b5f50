import { describe, expect, it } from 'vitest';
import { sparkPoints } from './spark';

describe('sparkline', () => {
  it('fills its box from the oldest to the newest value', () => {
    expect(sparkPoints([0, 5, 10], 20, 12)).toBe('0.0,11.0 10.0,6.0 20.0,1.0');
  });
  it('lies on the ground where nothing came', () => {
    expect(sparkPoints([0, 0], 10, 12)).toBe('0.0,11.0 10.0,11.0');
  });
});
