import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { count } from '../kit/number';
import { Untrusted } from '../kit/untrusted';
import { driftOf, type Drift } from './drift';
import { ownPackQuery } from './queries';
import type { Proposal } from './types';
import { useLearnWords } from './words';

interface Props {
  source: string;
  before: Proposal;
  after: Proposal;
  show: (format: string, field: string | undefined) => void;
}

/** What the source sends otherwise than the pack in force expects, in words. */
export function DriftList({ source, before, after, show }: Props) {
  const { t } = useTranslation();
  const own = useQuery(ownPackQuery(source));
  const changes = driftOf(before, after, own.data);
  return (
    <section className="notice warn learn-drift" aria-label={t('learn.drift.title')}>
      <strong>{t('learn.drift.title')}</strong>
      {changes.length === 0 && <p>{t('learn.drift.none')}</p>}
      <ul>
        {changes.map((change, i) => <li key={i}><Says change={change} show={show} /></li>)}
      </ul>
    </section>
  );
}

function Says({ change, show }: { change: Drift; show: (format: string, field: string | undefined) => void }) {
  const { t, i18n } = useTranslation();
  const words = useLearnWords();
  const gone = change.kind === 'format.gone' || change.kind === 'field.gone';
  const what = 'field' in change ? <code><Untrusted value={change.field.name} /></code> : <code className="learn-pattern"><Untrusted value={change.format.pattern} /></code>;
  const open = () => show(change.format.id, 'field' in change ? change.field.name : undefined);
  return (
    <>
      <span className={`tag ${gone ? 'bad' : 'accent'}`}>{t(`learn.drift.${change.kind}`)}</span>
      {gone ? what : <button type="button" className="learn-link" onClick={open}>{what}</button>}
      {change.kind === 'format.new' && <span className="soft"> {t('learn.lines', { count: change.format.lines, shown: count(change.format.lines, i18n.language) })}</span>}
      {change.kind === 'field.new' && change.field.target !== '' && <span className="soft"> → <code>{change.field.target}</code></span>}
      {change.kind === 'field.type' && <span className="soft"> {t('learn.drift.was', { was: words.type(change.was), is: words.type(change.is) })}</span>}
      {change.kind === 'field.target' && <span className="soft"> {t('learn.drift.was', { was: change.was || t('learn.kept'), is: change.is || t('learn.kept') })}</span>}
    </>
  );
}
