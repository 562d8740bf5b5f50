import { describe, expect, it } from 'vitest';
import { kindOf } from './kind';

describe('a pasted text', () => {
  it.each([
    ['01KAQ3ZJ5W8T4N2X6Y7R9V0BCD', 'id'],
    ['10.0.0.7', 'address'],
    [' 203.0.113.66 ', 'address'],
    ['2001:db8::1', 'address'],
    ['::1', 'address'],
    ['d41d8cd98f00b204e9800998ecf8427e', 'hash'],
    ['da39a3ee5e6b4b0d3255bfef95601890afd80709', 'hash'],
    ['E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855', 'hash'],
    ['evil.example.com', 'name'],
  ])('%s is %s', (text, kind) => {
    expect(kindOf(text)).toBe(kind);
  });
  it.each(['', 'sudo', '256.1.1.1', '10.0.0', 'deadbeef', '12:30', 'a b.com', '01KAQ3ZJ5W8T4N2X6Y7R9V0BC', '8KAQ3ZJ5W8T4N2X6Y7R9V0BCDE', 'a:b'])('%s is a word', (text) => {
    expect(kindOf(text)).toBeUndefined();
  });
});
