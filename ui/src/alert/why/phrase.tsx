import { Fragment, type ReactNode } from 'react';

/** A sentence of ours with parts put in where it has {name}. A part that is not given leaves nothing. */
export function Phrase({ text, parts }: { text: string; parts: Record<string, ReactNode> }) {
  return text.split(/\{(\w+)\}/).map((piece, i) => <Fragment key={i}>{i % 2 === 0 ? piece : parts[piece]}</Fragment>);
}

/** Parts in a row, joined as the language does. */
export function Listing({ items, comma, last }: { items: ReactNode[]; comma: string; last: string }) {
  return items.map((item, i) => (
    <Fragment key={i}>
      {i > 0 && (i === items.length - 1 ? last : comma)}
      {item}
    </Fragment>
  ));
}
