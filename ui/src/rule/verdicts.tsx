import { useTranslation } from 'react-i18next';
import type { RuleRecord } from '../client';
import { count } from '../kit/number';
import { AlertsLink } from '../overview/links';

/** How a rule's alerts were judged: kinds in the order they are shown, with the verdicts each stands for. */
export const kinds = [
  { key: 'true', verdict: 'true_positive_impact,true_positive_no_impact' },
  { key: 'benign', verdict: 'benign_positive' },
  { key: 'false', verdict: 'false_positive' },
] as const;

/** How many alerts have a verdict that tells of the rule. */
export function judged(record: RuleRecord): number {
  return record.true + record.benign + record.false;
}

/** Whole percents that add up to 100, or nothing where nothing was judged. */
export function percents(record: RuleRecord): number[] {
  const all = judged(record);
  if (all === 0) return [];
  const exact = kinds.map(({ key }) => (record[key] / all) * 100);
  const whole = exact.map(Math.floor);
  const rest = exact.map((value, i) => ({ i, over: value - whole[i]! })).sort((a, b) => b.over - a.over);
  for (let left = 100 - whole.reduce((sum, n) => sum + n, 0), at = 0; left > 0; left--, at++) whole[rest[at]!.i]!++;
  return whole;
}

/** The share of each verdict as a small bar, and in figures: true / benign / false. */
export function VerdictBar({ record }: { record: RuleRecord }) {
  const { t, i18n } = useTranslation();
  const n = (value: number) => count(value, i18n.language);
  if (judged(record) === 0) return <span className="faint">–</span>;
  const parts = percents(record);
  const said = t('rule.judged.said', { true: n(record.true), benign: n(record.benign), false: n(record.false), share: parts[2] });
  return (
    <span className="rule-verdicts" title={said}>
      <span className="rule-bar" aria-hidden="true">{kinds.map(({ key }) => record[key] > 0 && <i key={key} className={key} style={{ flexGrow: record[key] }} />)}</span>
      <span aria-label={said} role="img">{n(record.true)}/{n(record.benign)}/{n(record.false)}</span>
      {record.noisy && <span className="tag warn" title={t('rule.noisyText')}>{t('rule.noisy')}</span>}
    </span>
  );
}

/** The figures by themselves, each with the alerts behind it. */
export function VerdictList({ record, rule }: { record: RuleRecord; rule: string }) {
  const { t, i18n } = useTranslation();
  const parts = percents(record);
  if (judged(record) + record.undecided === 0) return <p className="soft">{t('rule.judged.none')}</p>;
  const search = { rule, state: 'all' } as const;
  return (
    <>
      {judged(record) > 0 && (
        <span className="rule-bar wide" aria-hidden="true">{kinds.map(({ key }) => record[key] > 0 && <i key={key} className={key} style={{ flexGrow: record[key] }} />)}</span>
      )}
      <ul className="rule-judged">
        {kinds.map(({ key, verdict }, i) => (
          <li key={key}>
            <i className={`rule-mark ${key}`} />{t(`rule.judged.${key}`)}{' '}
            {record[key] > 0 ? <AlertsLink search={{ ...search, verdict }}>{count(record[key], i18n.language)}</AlertsLink> : <span className="faint">0</span>}
            {parts.length > 0 && <span className="faint"> {parts[i]}%</span>}
          </li>
        ))}
        {record.undecided > 0 && (
          <li>{t('rule.judged.undecided')} <AlertsLink search={{ ...search, verdict: 'duplicate,undetermined' }}>{count(record.undecided, i18n.language)}</AlertsLink></li>
        )}
        {record.noisy && <li><span className="tag warn" title={t('rule.noisyText')}>{t('rule.noisy')}</span></li>}
      </ul>
    </>
  );
}

/** How many alerts fired in a span, with them behind it. */
export function Hits({ rule, span, value }: { rule: string; span: '24h' | '7d'; value: number }) {
  const { t, i18n } = useTranslation();
  if (value === 0) return <span className="faint">0</span>;
  return <AlertsLink search={{ rule, state: 'all', from: `now-${span}` }} label={t(`rule.hits.${span}`)}>{count(value, i18n.language)}</AlertsLink>;
}
