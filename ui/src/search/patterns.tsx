import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem, type MessagePattern } from '../client';
import '../kit/data-table.css';
import { count, share } from '../kit/number';
import { revealed } from '../kit/reveal';
import { Failure, Loading } from '../kit/states';
import { Ago } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { and } from './logsql';
import { patternsQuery, type Question } from './queries';

interface Props {
  question: Question;
  /** Shows the events of another query. */
  open: (query: string) => void;
  /** Shows the patterns of another query. */
  run: (query: string) => void;
  /** What else is told of a pattern that is unfolded. */
  more?: (pattern: MessagePattern) => ReactNode;
}

/** What kinds of messages there are: those that differ in numbers alone are one, with how many there are. */
export function Patterns({ question, open, run, more: further }: Props) {
  const { t, i18n } = useTranslation();
  const found = useQuery(patternsQuery(question));
  if (found.error && !found.data) {
    return found.error instanceof Problem && found.error.status === 504
      ? <p className="notice warn" role="alert">{t('search.timeout')}</p>
      : <Failure error={found.error} retry={() => void found.refetch()} />;
  }
  if (!found.data) return <Loading lines={12} />;
  const { patterns, total, more } = found.data;
  const name = (n: number) => count(n, i18n.language);
  const most = Math.max(1, ...patterns.map((each) => each.hits));
  return (
    <div className="patterns">
      <p className="soft" role="status">{t(more ? 'search.pattern.cut' : 'search.pattern.all', { count: patterns.length, shown: name(patterns.length), total: name(total) })}</p>
      <div className="data-table">
        <table aria-label={t('search.pattern.title')}>
          <thead>
            <tr>
              <th scope="col" className="number">{t('search.pattern.count')}</th>
              <th scope="col">{t('search.pattern.pattern')}</th>
              <th scope="col" className="min wide-only">{t('search.pattern.last')}</th>
              <th className="min">{t('search.pattern.acts')}</th>
            </tr>
          </thead>
          <tbody>{patterns.map((each) => <Line key={each.pattern + each.filter} each={each} total={total} most={most} question={question} open={open} run={run} more={further} />)}</tbody>
        </table>
      </div>
    </div>
  );
}

function Line({ each, total, most, question, open, run, more }: { each: MessagePattern; total: number; most: number } & Props) {
  const { t, i18n } = useTranslation();
  const label = revealed(each.pattern.slice(0, 80));
  const [shown, setShown] = useState(false);
  return (
    <tr>
      <td className="number">
        <span className="row-number">
          <i className="row-bar" style={{ width: `${Math.min(100, (each.hits / most) * 100)}%` }} />
          <span>{count(each.hits, i18n.language)} <span className="soft pattern-share">{share(Math.min(each.hits, total), total)}</span></span>
        </span>
      </td>
      <td className="wide">
        {each.pattern === '' ? <><span className="soft">{t('search.pattern.empty')}</span>{more?.(each)}</> : (
          <details open={shown} onToggle={(event) => setShown(event.currentTarget.open)}>
            <summary><code><Holes text={each.pattern.slice(0, 600)} /></code></summary>
            <p className="soft pattern-sample">{t('search.pattern.sample')} <code><Untrusted value={each.sample} /></code></p>
            {shown && more?.(each)}
          </details>
        )}
      </td>
      <td className="min wide-only"><Ago at={each.last} /></td>
      <td className="min">
        {each.filter ? (
          <span className="row tight">
            <button type="button" className="act" title={t('search.pattern.keep')} aria-label={`${t('search.pattern.keep')} ${label}`} onClick={() => open(and(question.query, each.filter))}>+</button>
            <button type="button" className="act" title={t('search.pattern.drop')} aria-label={`${t('search.pattern.drop')} ${label}`} onClick={() => run(and(question.query, `!${each.filter}`))}>−</button>
          </span>
        ) : <span className="faint" title={t('search.pattern.noFilter')}>–</span>}
      </td>
    </tr>
  );
}

/** A pattern with what was left out set apart. */
function Holes({ text }: { text: string }) {
  return text.split(/(<(?:N|IP4|UUID|TIME|DATE|DATETIME)>)/).map((part, i) => (i % 2 === 1 ? <i key={i} className="hole">{part}</i> : <Untrusted key={i} value={part} />));
}
