import { describe, expect, it } from 'vitest';
import { batched, countryName, looksLikeAddress } from './place';

describe('addresses', () => {
  it('are told by how they read', () => {
    for (const yes of ['8.8.8.8', '2001:db8::1', '::1', '::ffff:10.0.0.1']) expect(looksLikeAddress(yes), yes).toBe(true);
    for (const no of ['', 'web1', '1.2.3', '10:30', 'deadbeef', '8.8.8.8/24', 'a.b.c.d', `${'1:'.repeat(40)}1`]) expect(looksLikeAddress(no), no).toBe(false);
  });

  it('are asked for together, each once, and answered each', async () => {
    const asked: string[][] = [];
    const find = batched((keys) => {
      asked.push(keys);
      return Promise.resolve(new Map(keys.filter((key) => key !== 'b').map((key) => [key, key.toUpperCase()])));
    }, 3);
    expect(await Promise.all(['a', 'b', 'a', 'c'].map(find))).toEqual(['A', null, 'A', 'C']);
    expect(asked).toEqual([['a', 'b'], ['c']]);
  });

  it('tell everybody who asked that it failed', async () => {
    const find = batched<string>(() => Promise.reject(new Error('gone')), 3);
    const answers = await Promise.allSettled(['a', 'b'].map(find));
    expect(answers.map((each) => each.status)).toEqual(['rejected', 'rejected']);
  });
});

describe('countries', () => {
  it('have names in both languages; what is no code stays', () => {
    expect(countryName('US', 'en')).toBe('United States');
    expect(countryName('US', 'zh-CN')).toBe('美国');
    expect(countryName('', 'en')).toBe('');
    expect(countryName('<b>', 'en')).toBe('<b>');
  });
});
