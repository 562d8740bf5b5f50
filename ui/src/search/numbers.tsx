import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { NumbersResult } from '../client';
import { count } from '../kit/number';
import { numbersQuery, type Question } from './queries';

interface Props {
  name: string;
  question: Question;
  /** Adds a condition to the query. */
  narrow: (condition: string) => void;
}

/** A bar of a distribution: the numbers above from and up to to. */
export interface Bar {
  from: number;
  to: number;
  hits: number;
}

const mostBars = 16;

/** The ranges of a distribution put together to a few bars; what grows by the factor stays even on the picture. */
export function bars(buckets: NumbersResult['buckets']): Bar[] {
  const zero = buckets.filter(({ from }) => from <= 0);
  const rest = buckets.filter(({ from }) => from > 0);
  const out: Bar[] = zero.map(({ from, to, hits }) => ({ from, to, hits }));
  const [first, last] = [rest[0], rest[rest.length - 1]];
  if (!first || !last) return out;
  const low = Math.log(first.from);
  const step = Math.max((Math.log(last.to) - low) / mostBars, Math.log(1.1));
  const found = new Map<number, Bar>();
  for (const { from, to, hits } of rest) {
    const at = Math.floor((Math.log(from) - low) / step + 1e-9);
    const bar = found.get(at);
    found.set(at, bar ? { from: bar.from, to, hits: bar.hits + hits } : { from, to, hits });
  }
  const most = Math.max(...found.keys());
  for (let i = 0; i <= most; i++) out.push(found.get(i) ?? { from: Math.exp(low + i * step), to: Math.exp(low + (i + 1) * step), hits: 0 });
  return out;
}

/** The condition that a field's number is one of a bar's. */
export function within(field: string, { from, to }: Bar): string {
  const name = /^[A-Za-z_][\w.]*$/.test(field) ? field : JSON.stringify(field);
  return `${name}:range${from <= 0 ? '[' : '('}${from}, ${to}]`;
}

/** Least, mean, median and greatest of a field's numbers, and how they are spread; a bar narrows to its range. */
export function Numbers({ name, question, narrow }: Props) {
  const { t, i18n } = useTranslation();
  const found = useQuery(numbersQuery(question, name)).data;
  if (!found || found.count === 0) return null;
  const shown = (n: number) => new Intl.NumberFormat(i18n.language, { maximumSignificantDigits: 4 }).format(n);
  const exact = (n: number) => new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 2 }).format(n);
  const all = bars(found.buckets);
  const most = Math.max(1, ...all.map((bar) => bar.hits));
  return (
    <div className="numbers">
      <dl>
        {([['min', found.min], ['median', found.median], ['mean', found.mean], ['max', found.max]] as const).map(([what, value]) => (
          <div key={what}><dt>{t(`search.numbers.${what}`)}</dt><dd>{exact(value)}</dd></div>
        ))}
      </dl>
      {all.length > 1 && (
        <div className="spread" role="group" aria-label={t('search.numbers.spread')}>
          {all.map((bar, i) => {
            const label = t('search.numbers.bar', { from: shown(bar.from), to: shown(bar.to), count: bar.hits, shown: count(bar.hits, i18n.language) });
            return bar.hits === 0 ? <span key={i} /> : (
              <button key={i} type="button" title={label} aria-label={label} onClick={() => narrow(within(name, bar))}>
                <i style={{ height: `${Math.max(4, (bar.hits / most) * 100)}%` }} />
              </button>
            );
          })}
        </div>
      )}
    </div>
  );
}
