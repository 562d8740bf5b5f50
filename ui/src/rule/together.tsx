import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { RuleStanding } from '../client';
import { Untrusted } from '../kit/untrusted';
import { RuleState } from './columns';
import { useRuleWords } from './words';

/** The correlations that would lose a part. */
export function LosesPart({ uses }: { uses: RuleStanding['used_by'] }) {
  const { t } = useTranslation();
  const words = useRuleWords();
  return (
    <>
      <p>{t('rule.together.loses', { count: uses.length })}</p>
      <ul>{uses.map((use) => <li key={use.id}><Link to="/rules/$id" params={{ id: use.id }}><Untrusted value={words.title(use)} /></Link></li>)}</ul>
    </>
  );
}

interface AskProps {
  uses: RuleStanding['used_by'];
  busy: boolean;
  go: () => void;
  stop: () => void;
}

/** Asks before a rule is taken from correlations. */
export function AskFirst({ uses, busy, go, stop }: AskProps) {
  const { t } = useTranslation();
  const text = useId();
  return (
    <div className="notice warn" role="alertdialog" aria-label={t('rule.together.ask')} aria-describedby={text} onKeyDown={(event) => event.key === 'Escape' && stop()}>
      <div id={text}><LosesPart uses={uses} /></div>
      <p className="row tight">
        <button type="button" className="act" disabled={busy} onClick={go}>{t('rule.together.anyway')}</button>
        <button type="button" className="act" autoFocus onClick={stop}>{t('kit.cancel')}</button>
      </p>
    </div>
  );
}

/** What a correlation is made of, and which of it does not count. */
export function Parts({ parts }: { parts: RuleStanding['parts'] }) {
  const { t } = useTranslation();
  const words = useRuleWords();
  if (parts.length === 0) return null;
  return (
    <>
      <h4>{t('rule.together.parts')}</h4>
      <ul className="plain-list">
        {parts.map((part) => (
          <li key={part.name} className="row tight wrap">
            {part.id
              ? <><Link to="/rules/$id" params={{ id: part.id }}><Untrusted value={words.title(part)} /></Link> {part.state !== 'enabled' && <RuleState rule={part} />}</>
              : <code><Untrusted value={part.name} /></code>}
            {!part.counts && <span className="tag bad">{t(part.many ? 'rule.together.many' : !part.id ? 'rule.together.gone' : part.state === 'shadow' ? 'rule.together.shadow' : 'rule.together.off')}</span>}
          </li>
        ))}
      </ul>
    </>
  );
}
