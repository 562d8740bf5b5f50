import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { RuleTree } from '../../client';
import { CopyButton } from '../../kit/copy';
import { Untrusted } from '../../kit/untrusted';
import { facts } from '../why/model';

/** The rule as written, with the lines that matched marked. */
export function RuleSource({ source, tree }: { source: string; tree: RuleTree | undefined }) {
  const { t } = useTranslation();
  const marked = useMemo(() => (tree ? matchedLines(source, tree) : new Set<number>()), [source, tree]);
  return (
    <details className="fold">
      <summary>{t('alert.ruleSource')}{marked.size > 0 && <span className="faint"> {t('why.source.marked', { count: marked.size })}</span>}</summary>
      <div className="raw rule-lines">
        <CopyButton value={source} label={t('kit.copy')} />
        <ol>{source.replace(/\n$/, '').split('\n').map((line, i) => <li key={i} className={marked.has(i) ? 'matched' : ''}><Untrusted value={line} /></li>)}</ol>
      </div>
    </details>
  );
}

/** Lines below "detection:" that name a field which held or hold a pattern which matched. */
export function matchedLines(source: string, tree: RuleTree): Set<number> {
  const lines = source.split('\n');
  const start = lines.findIndex((line) => /^detection\s*:/.test(line));
  const out = new Set<number>();
  if (start < 0) return out;
  const length = lines.slice(start + 1).findIndex((line) => /^\S/.test(line) && !line.startsWith('#'));
  const end = length < 0 ? lines.length : start + 1 + length;
  for (const { test, patterns } of facts(tree)) {
    const key = [test.field, ...test.modifiers].join('|');
    const texts = new Set(patterns.map((pattern) => pattern.text));
    for (let i = start + 1; i < end; i++) {
      const [name, rest] = split(lines[i] ?? '');
      if (test.field !== '' && name !== key) continue;
      if (test.field === '' && texts.has(unquoted(rest || name))) out.add(i);
      if (test.field === '') continue;
      if (rest !== '') {
        out.add(i); // "field: value", or a list in the same line
        continue;
      }
      const found = itemsBelow(lines, i, end).filter((at) => texts.has(unquoted((lines[at] ?? '').replace(/^\s*-\s*/, ''))));
      if (found.length > 0) out.add(i);
      for (const at of found) out.add(at);
    }
  }
  return out;
}

// A line of a map in its key and value, with dash and quotes of the key gone; a line that is no map is all value.
function split(line: string): [key: string, value: string] {
  const body = line.trim().replace(/^-\s+/, '');
  const found = /^(?:'([^']*)'|"([^"]*)"|([^'"\s#][^:#]*?))\s*:(?:\s+(.*))?$/.exec(body);
  return found ? [found[1] ?? found[2] ?? found[3] ?? '', (found[4] ?? '').trim()] : ['', body];
}

function itemsBelow(lines: string[], key: number, end: number): number[] {
  const out: number[] = [];
  for (let i = key + 1; i < end && /^\s*(-\s|#|$)/.test(lines[i] ?? ''); i++) out.push(i);
  return out;
}

function unquoted(text: string): string {
  const body = text.replace(/\s+#.*$/, '').trim();
  const single = /^'((?:[^']|'')*)'/.exec(body);
  if (single) return (single[1] ?? '').replaceAll("''", "'");
  const double = /^"((?:[^"\\]|\\.)*)"/.exec(body);
  return double ? (double[1] ?? '').replace(/\\(.)/g, '$1') : body;
}
