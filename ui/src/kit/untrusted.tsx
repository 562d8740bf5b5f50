import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { highlight, type Span } from './highlight';
import { reveal, shownAtMost } from './reveal';

interface Props {
  value: string | null | undefined;
  /** Values to mark where they stand in the text. */
  marks?: string[];
  /** Places to mark. */
  places?: Span[];
}

/** The only way text from a log, a rule or a file name reaches the screen: as text, with the hidden made visible. */
export const Untrusted = memo(function Untrusted({ value, marks, places }: Props) {
  const { t } = useTranslation();
  const text = value ?? '';
  const shown = text.length > shownAtMost ? text.slice(0, shownAtMost) : text;
  return (
    <bdi dir="ltr">
      {highlight(shown, marks ?? [], places).map((part, i) =>
        part.hit ? <mark key={i}><Pieces text={part.text} /></mark> : <Pieces key={i} text={part.text} />,
      )}
      {shown.length < text.length && <span className="faint"> {t('kit.cut', { count: text.length - shown.length })}</span>}
    </bdi>
  );
});

function Pieces({ text }: { text: string }) {
  return reveal(text).map((piece, i) =>
    piece.odd ? <span key={i} className="odd" title={piece.odd}>{piece.text}</span> : piece.text,
  );
}
