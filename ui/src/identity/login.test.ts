import { describe, expect, it } from 'vitest';
import { ownPath } from './login';

describe('the way back after log-in', () => {
  it.each([
    ['/alerts?tenant=a', '/alerts?tenant=a'],
    [undefined, '/'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['https://evil.example', '/'],
    ['javascript:alert(1)', '/'],
  ])('%s', (given, want) => {
    expect(ownPath(given)).toBe(want);
  });
});
