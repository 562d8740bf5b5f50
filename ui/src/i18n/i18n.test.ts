import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import en from './en';
import zh from './zh-CN';

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, prefix = ''): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') all.set(prefix + key, value);
    else for (const [name, text] of flat(value, `${prefix}${key}.`)) all.set(name, text);
  }
  return all;
}

const plural = /_(one|other)$/;
const chinese = flat(zh);
const english = flat(en);
const keys = (texts: Map<string, string>) => [...new Set([...texts.keys()].map((key) => key.replace(plural, '')))].sort();

const root = join(__dirname, '..');
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !/\.test\.|\.d\.ts$|^i18n/.test(name))
  .map((name) => ({ name, text: readFileSync(join(root, name), 'utf8') }));

describe('texts', () => {
  it('have the same keys in both languages', () => {
    expect(keys(english)).toEqual(keys(chinese));
  });

  it('have the plural forms their language needs', () => {
    for (const key of english.keys()) {
      if (key.endsWith('_one')) expect(english.has(key.replace(plural, '_other')), key).toBe(true);
    }
    expect([...chinese.keys()].filter((key) => key.endsWith('_one'))).toEqual([]);
  });

  it('are never empty and fill in the same values', () => {
    const values = (text: string | undefined) => [...new Set(text?.match(/\{\{\w+\}\}/g))].sort();
    for (const [key, text] of english) {
      expect(text.trim(), key).not.toBe('');
      const other = chinese.get(key) ?? chinese.get(key.replace(plural, '_other'));
      expect(other?.trim(), key).toBeTruthy();
      if (!key.endsWith('_one')) expect(values(other), key).toEqual(values(text));
    }
  });

  it('are all there for every key the screens name, and none is left over', () => {
    const known = keys(english);
    const missing: string[] = [];
    const used = new Set<string>();
    for (const { name, text } of sources) {
      for (const [, literal] of text.matchAll(/['"`]([a-z]+(?:\.[\w-]+)+)['"`]/g)) {
        if (literal && known.includes(literal)) used.add(literal);
      }
      for (const [, literal] of text.matchAll(/\bt\(\s*'([^']+)'/g)) {
        if (literal && !known.includes(literal)) missing.push(`${name}: ${literal}`);
      }
      for (const [, prefix, suffix] of text.matchAll(/\bt\(\s*`([^`$]*)\$\{[^`]*\}([^`$]*)`/g)) {
        const fitting = known.filter((key) => key.startsWith(prefix ?? '') && key.endsWith(suffix ?? ''));
        if (fitting.length === 0) missing.push(`${name}: ${prefix}…${suffix}`);
        for (const key of fitting) used.add(key);
      }
    }
    expect(missing).toEqual([]);
    expect(known.filter((key) => !used.has(key))).toEqual([]);
  });

  it('stand in the language files and nowhere else', () => {
    const own = sources.filter(({ text }) => /[\u4e00-\u9fff]/.test(text)).map(({ name }) => name);
    expect(own).toEqual([]);
    const literals = sources.flatMap(({ name, text }) =>
      [...text.matchAll(/(?:placeholder|title|aria-label|label|alt)="([^"{}]*[a-z]{3,}[^"{}]*)"/g)].map((match) => `${name}: ${match[1]}`),
    );
    expect(literals).toEqual([]);
  });
});

describe('Chinese', () => {
  const han = '[\\u4e00-\\u9fff]';
  it.each([...chinese])('%s', (_, text) => {
    expect(text, 'half-width punctuation after a character').not.toMatch(new RegExp(`${han}[,;:?!()]`));
    expect(text, 'no thin space between Chinese and Latin').not.toMatch(new RegExp(`${han} ?[A-Za-z0-9]|[A-Za-z0-9] ?${han}`));
  });
});
