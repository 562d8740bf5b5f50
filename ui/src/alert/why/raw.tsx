import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { EventReading, RuleTree } from '../../client';
import { revealed, shownAtMost } from '../../kit/reveal';
import { Untrusted } from '../../kit/untrusted';
import { useFocus } from './focus';
import { pieces, rawFields, rawHits, type Piece, type Range } from './model';

interface Props {
  text: string;
  tree?: RuleTree;
  reading?: EventReading;
  /** At most so many characters, from shortly before the first hit on. */
  most?: number;
}

/** The record as it was received: what the rule looked for is marked, and each field lights up where it was read. */
export function RawRecord({ text, tree, reading, most = shownAtMost }: Props) {
  const { t } = useTranslation();
  const ranges = useMemo(() => [...(tree ? rawHits(tree) : []), ...(reading ? rawFields(reading) : [])], [tree, reading]);
  const [from, to] = windowOf(text, ranges, most);
  const shown = useMemo(
    () => pieces(text.slice(from, to), ranges.map((range) => ({ ...range, start: Math.max(0, range.start - from), end: Math.min(to - from, range.end - from) }))),
    [text, ranges, from, to],
  );
  return (
    <div className="raw raw-record">
      {from > 0 && <span className="faint">… </span>}
      {shown.map((piece, i) => <RawPiece key={i} piece={piece} />)}
      {to < text.length && <span className="faint"> {t('kit.cut', { count: text.length - to })}</span>}
    </div>
  );
}

function windowOf(text: string, ranges: Range[], most: number): [number, number] {
  if (text.length <= most) return [0, text.length];
  const first = Math.min(...ranges.filter((range) => range.hit).map((range) => range.start), text.length);
  const from = first === text.length ? 0 : Math.max(0, Math.min(first - Math.floor(most / 4), text.length - most));
  return [from, from + most];
}

function RawPiece({ piece }: { piece: Piece }) {
  const { on, props } = useFocus(piece.fields.slice(0, 3));
  if (!piece.hit && piece.fields.length === 0) return <Untrusted value={piece.text} />;
  const Tag = piece.hit ? 'mark' : 'span';
  return (
    <Tag className={on ? 'read lit' : 'read'} title={revealed(piece.fields.slice(0, 6).join('\n')) || undefined} {...props}><Untrusted value={piece.text} /></Tag>
  );
}

/** A value with stretches of it marked. */
export function Marked({ text, ranges }: { text: string; ranges: Range[] }) {
  return pieces(text, ranges).map((piece, i) =>
    piece.hit ? <mark key={i}><Untrusted value={piece.text} /></mark> : <Untrusted key={i} value={piece.text} />);
}
