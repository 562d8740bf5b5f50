import { expect, it } from 'vitest';
import { readReason } from './reasons';
import { copyOf, template, templates } from './templates';

const ids = () => {
  let n = 0;
  return () => `00000000-0000-4000-8000-${String(++n).padStart(12, '0')}`;
};

it('gives every document of a template an id of its own', () => {
  for (const kind of templates) {
    const text = template(kind, ids(), new Date('2026-01-02T03:04:05Z'));
    const found = [...text.matchAll(/^id: (.*)$/gm)].map((m) => m[1]);
    expect(new Set(found).size).toBe(text.split(/^---$/m).length);
    expect(text).toContain('date: 2026-01-02');
    expect(text).not.toContain('$');
  }
});

it('copies under new ids, and follows them in correlations', () => {
  const copy = copyOf('title: "A rule"\nid: old-1\ncorrelation:\n  rules:\n    - old-2\n---\ntitle: b\nid: \'old-2\' # its own\n', ids());
  expect(copy).toContain('title: "A rule (copy)"');
  expect(copy).not.toContain('old');
  expect(copy.match(/8000-000000000002/g)).toHaveLength(2);
});

it('reads the reasons of the engine', () => {
  expect(readReason('unknown modifier "contians"')).toEqual({ key: 'modifier', what: 'contians' });
  expect(readReason('something else')).toBeUndefined();
});
