import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { count } from '../kit/number';
import { useHotkeys } from '../kit/hotkeys';
import { Empty } from '../kit/states';
import { At } from '../kit/time';
import type { Range } from '../kit/time-range';
import { Untrusted } from '../kit/untrusted';
import { adviceQuery, type Question } from './queries';

interface Props {
  question: Question;
  setRange: (range: Range) => void;
  run: (query: string) => void;
}

/** Nothing was found: where events are, and which change would find some. The server counted every figure for this. */
export function Advice({ question, setRange, run }: Props) {
  const { t, i18n } = useTranslation();
  const advice = useQuery(adviceQuery(question));
  const found = advice.data;
  const shown = (n: number) => count(n, i18n.language);
  const names: Record<string, string> = { 'now-1h': t('kit.range.last.1h'), 'now-24h': t('kit.range.last.24h'), 'now-7d': t('kit.range.last.7d'), 'now-30d': t('kit.range.last.30d') };
  const none = found && found.wider.length + found.without.length === 0;
  const widen = found?.wider[0];
  const wide = (from: string) => setRange({ from: from || '1970-01-02T00:00:00Z', to: 'now' });
  useHotkeys(widen ? { w: { run: () => wide(widen.from), what: t('search.adviceKey') } } : {});
  return (
    <Empty title={t('search.none')}>
      {advice.isPending && <p>{t('search.advising')}</p>}
      {found && !found.newest && <p>{t('search.adviceNothing')}</p>}
      {found?.oldest && found.newest && (
        <p><Times text={t('search.adviceTimes', { from: '\0a', to: '\0b' })} from={found.oldest} to={found.newest} /></p>
      )}
      {found?.newest && none && <p>{t('search.adviceNone')}</p>}
      {found && !none && (
        <ul className="advice" aria-label={t('search.adviceTry')}>
          {found.wider.map(({ from, total }) => (
            <li key={from}>
              <button type="button" className="link" onClick={() => wide(from)}>
                {t('search.adviceWider', { range: names[from] ?? t('search.adviceAll'), total: shown(total) })}
              </button>{' '}
              <kbd>w</kbd>
            </li>
          ))}
          {found.without.map((change) => (
            <li key={change.dropped}>
              <code className="struck"><Untrusted value={change.dropped.slice(0, 200)} /></code>{' '}
              <button type="button" className="link" onClick={() => run(change.query)}>{t('search.adviceWithout', { total: shown(change.total) })}</button>
            </li>
          ))}
        </ul>
      )}
    </Empty>
  );
}

// The two times stand inside a sentence whose order is the language's.
function Times({ text, from, to }: { text: string; from: string; to: string }) {
  return text.split(/(\0[ab])/).map((part, i) => (part === '\0a' ? <At key={i} at={from} /> : part === '\0b' ? <At key={i} at={to} /> : part));
}
