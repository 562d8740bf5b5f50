import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Rule, RuleRecord } from '../client';
import { Severity } from '../kit/severity';
import type { FittingColumn } from '../kit/side-list';
import { Ago } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import type { Order } from './params';
import { isTechnique, RuleTags, tacticOf } from './tags';
import { Hits, VerdictBar } from './verdicts';
import { useRuleWords } from './words';

export const leadWidth = 240; // px
const dash = <span className="faint">–</span>;

/** What a rule looks at: windows / process_creation. */
export function logSource({ logsource }: Pick<Rule, 'logsource'>): string {
  return [logsource.product, logsource.category, logsource.service].filter(Boolean).join(' / ');
}

/** The columns of the rule list; of those that are refused the reason. */
export function useRuleColumns(order: Order, sort: (order: Order) => void, records: boolean, costs: boolean, view: 'mixed' | 'refused') {
  const { t } = useTranslation();
  const words = useRuleWords();
  return useMemo(() => {
    const sorts = (key: Order) => ({
      sort: order !== key ? 'none' as const : key === 'title' ? 'ascending' as const : 'descending' as const, onSort: () => sort(key),
    });
    const hit = (title: string, hint: string) => <span title={hint}>{title}</span>;
    const figures: FittingColumn<Rule>[] = [
      { key: 'day', title: hit('24 h', t('rule.hitsText')), kind: 'number', width: 62, rank: 2, ...sorts('day'), render: ({ id, record }) => (record ? <Hits rule={id} span="24h" value={record.day} /> : dash) },
      { key: 'week', title: hit('7 d', t('rule.hitsText')), kind: 'number', width: 66, rank: 1, ...sorts('week'), render: ({ id, record }) => (record ? <Hits rule={id} span="7d" value={record.week} /> : dash) },
      { key: 'noise', title: hit(t('rule.column.noise'), t('rule.column.noiseText')), kind: 'number', width: 84, rank: 4, ...sorts('noise'), render: ({ record }) => (record && record.per_day > 0 ? <Noise record={record} /> : dash) },
      { key: 'precision', title: hit(t('rule.column.precision'), t('rule.column.precisionText')), kind: 'number', width: 74, rank: 3, ...sorts('precision'), render: ({ record }) => <Precision record={record} /> },
      { key: 'false', title: hit(t('rule.column.verdicts'), t('rule.column.verdictsText')), width: 178, rank: 6, ...sorts('falsity'), render: ({ record }) => (record ? <VerdictBar record={record} /> : dash) },
      { key: 'last', title: t('rule.column.last'), width: 104, rank: 5, ...sorts('last'), render: ({ record }) => <Ago at={record?.last_at} /> },
    ];
    const columns: FittingColumn<Rule>[] = [
      { key: 'state', title: t('rule.stateTitle'), width: 126, rank: 1, render: (row) => <>{row.broken ? <span className="tag bad" title={t('rule.health.broken')}>{t('rule.health.brokenTag')}</span> : <RuleState rule={row} />}{row.overrides > 0 && <span className="faint" title={t('rule.life.overridesText', { count: row.overrides })}> ±{row.overrides}</span>}</> },
      { key: 'level', title: t('alert.level'), width: 92, rank: 0, ...sorts('level'), render: (row) => (row.level && row.kind !== 'filter' ? <Severity level={row.level} /> : dash) },
      { key: 'source', title: t('rule.logsource'), width: 178, rank: 6, render: (row) => <span className="soft"><Untrusted value={logSource(row)} /></span> },
      { key: 'tactic', title: t('why.attack.tactic'), width: 116, rank: 7, render: (row) => <RuleTags tags={row.tags.filter(tacticOf).slice(0, 1)} /> },
      { key: 'technique', title: t('rule.column.technique'), width: 116, rank: 5, render: (row) => <Techniques tags={row.tags} /> },
      ...(records ? figures : []),
      ...(costs ? [{ key: 'cost', title: hit(t('rule.column.cost'), t('rule.column.costText')), kind: 'number' as const, width: 74, rank: order === 'cost' ? 1 : 8, ...sorts('cost'), render: ({ cost }: Rule) => <Share value={cost} /> }] : []),
      { key: 'pack', title: t('rule.pack'), width: 96, rank: 9, render: (row) => <Origin rule={row} /> },
    ];
    const refused: FittingColumn<Rule>[] = [
      { key: 'pack', title: t('rule.pack'), width: 110, rank: 1, render: (row) => <span className="soft"><Untrusted value={row.pack_name} /></span> },
      { key: 'reason', title: t('rule.packs.reason'), width: 620, rank: 0, render: (row) => <Untrusted value={row.reason} /> },
    ];
    const lead = {
      key: 'title',
      title: t('rule.rule'),
      ...sorts('title'),
      render: (row: Rule) => <Title rule={row} title={words.title(row)} />,
    };
    const narrow = (row: Rule) => (
      <span className="lines">
        <span>{row.level && row.kind !== 'filter' && <Severity level={row.level} bare />}<Title rule={row} title={words.title(row)} /></span>
        <span className="soft">
          {row.state !== 'enabled' && <RuleState rule={row} />}
          {row.record && <>{t('rule.weekShort')} <Hits rule={row.id} span="7d" value={row.record.week} /></>}
          {row.record && <VerdictBar record={row.record} />}
          <span className="clip"><Untrusted value={logSource(row)} /></span>
        </span>
      </span>
    );
    return { lead, columns: view === 'refused' ? refused : columns, narrow };
  }, [t, words, order, sort, records, costs, view]);
}

/** Where a rule's text comes from: its pack, or here. */
export function Origin({ rule }: { rule: Pick<Rule, 'origin' | 'pack_name' | 'version'> }) {
  const { t } = useTranslation();
  if (rule.origin === 'device') return <span className="soft">{t('rule.origin.device')}</span>;
  if (rule.origin !== 'pack') return <span className="soft">{t(`rule.origin.${rule.origin}`)} <span className="faint">v{rule.version}</span></span>;
  return <span className="soft"><Untrusted value={rule.pack_name} /></span>;
}

function Title({ rule, title }: { rule: Rule; title: string }) {
  if (rule.state === 'refused') return <span className="clip"><Untrusted value={title} /> <span className="faint"><Untrusted value={rule.reason} /></span></span>;
  return <Link className="row-link clip" to="/rules/$id" params={{ id: rule.id }}><Untrusted value={title} /></Link>;
}

// Less than one a day still tells how often.
function Noise({ record }: { record: RuleRecord }) {
  const { i18n } = useTranslation();
  return <span>{new Intl.NumberFormat(i18n.language, { maximumFractionDigits: record.per_day < 10 ? 1 : 0 }).format(record.per_day)}{record.shadow > 0 && <span className="accent-text" aria-hidden="true"> {signs.shadow}</span>}</span>;
}

function Precision({ record }: { record: RuleRecord | undefined }) {
  const { i18n } = useTranslation();
  if (!record || record.precision === null) return dash;
  return <>{new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 0 }).format(record.precision)}</>;
}

function Share({ value }: { value: number | undefined }) {
  const { i18n } = useTranslation();
  if (value === undefined) return dash;
  return <>{new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: value < 0.1 ? 1 : 0 }).format(value)}</>;
}

function Techniques({ tags }: { tags: string[] }) {
  const all = tags.filter(isTechnique);
  return <span title={all.length > 1 ? all.join(' ') : undefined}><RuleTags tags={all.slice(0, 1)} />{all.length > 1 && <span className="faint"> +{all.length - 1}</span>}</span>;
}

const signs = { enabled: '●', shadow: '◐', testing: '◇', draft: '✎', deprecated: '○', off: '–', refused: '!' };

/** Whether a rule works, in a sign and a word, with what that means on hover. */
export function RuleState({ rule }: { rule: Pick<Rule, 'state'> }) {
  const { t } = useTranslation();
  const look = { enabled: 'good', shadow: 'accent', testing: '', draft: '', deprecated: '', off: '', refused: 'warn' }[rule.state];
  return <span className={`tag ${look}`} title={t(`rule.stateText.${rule.state}`)}><span aria-hidden="true">{signs[rule.state]}</span> {t(`rule.state.${rule.state}`)}</span>;
}
