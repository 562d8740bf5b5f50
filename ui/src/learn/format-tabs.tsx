import { useTranslation } from 'react-i18next';
import { count, share } from '../kit/number';
import { Untrusted } from '../kit/untrusted';
import { leftOut, type Draft } from './draft';
import type { LearnedFormat, Proposal } from './types';
import { useLearnWords } from './words';
import '../kit/side-list.css';

interface Props {
  formats: LearnedFormat[];
  /** What the pack in force was made of. */
  known?: Proposal;
  unclaimed: number;
  draft: Draft;
  chosen: string;
  choose: (format: string) => void;
}

/** The formats of a source, each with its part of the lines that no parser reads. */
export function FormatTabs({ formats, known, unclaimed, draft, chosen, choose }: Props) {
  const { t } = useTranslation();
  return (
    <div className="picks learn-formats" role="group" aria-label={t('learn.formats')}>
      {formats.map((format, at) => (
        <button key={format.id} type="button" aria-pressed={format.id === chosen} className={leftOut(draft, format.id) ? 'left-out' : ''} onClick={() => choose(format.id)}>
          {t('learn.formatNumber', { number: at + 1 })} <code className="clip"><Untrusted value={format.pattern} /></code>
          {known?.formats.some(({ id }) => id === format.id) ? <span className="soft">{t('learn.own.active')}</span> : <b>{share(format.lines, unclaimed)}</b>}
          {leftOut(draft, format.id) && <span className="soft">{t('learn.isLeftOut')}</span>}
        </button>
      ))}
    </div>
  );
}

/** What a format is recognised by, for people; and whether it is taken over at all. */
export function FormatLine({ format, out, toggle }: { format: LearnedFormat; out: boolean; toggle: (() => void) | undefined }) {
  const { t, i18n } = useTranslation();
  const words = useLearnWords();
  return (
    <div className="row learn-format">
      <span className="soft">{words.structure(format.structure)} · {t('learn.lines', { count: format.lines, shown: count(format.lines, i18n.language) })}</span>
      <code className="grow learn-pattern"><Untrusted value={format.pattern} /></code>
      {toggle && <button type="button" className="plain-button" onClick={toggle}>{out ? t('learn.takeIn') : t('learn.leaveOut')}</button>}
    </div>
  );
}
