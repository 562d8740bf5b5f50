import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { DemoTag } from '../demo/tag';
import { count } from '../kit/number';
import { Severity, type Level } from '../kit/severity';
import type { FittingColumn } from '../kit/side-list';
import { Spark } from '../kit/spark';
import { Ago } from '../kit/time';
import { AlertsLink, SourcesLink } from '../overview/links';
import { SourceState } from '../source/state';
import { TenantMark } from './band';
import type { Order } from './params';
import type { TenantRow } from './rows';

export const leadWidth = 190; // px
const levels = ['critical', 'high', 'medium', 'low'] as const;
const dash = <span className="faint">–</span>;
const zero = <span className="faint">0</span>;

/** The columns of the list of customers; a figure that there is none of opens nothing. */
export function useTenantColumns(order: Order, up: boolean, sort: (order: Order) => void) {
  const { t, i18n } = useTranslation();
  return useMemo(() => {
    const n = (value: number) => count(value, i18n.language);
    const sorts = (key: Order) => ({
      sort: order !== key ? 'none' as const : (key === 'name' || key === 'oldest' || key === 'login') !== up ? 'ascending' as const : 'descending' as const,
      onSort: () => sort(key),
    });
    const byLevel = levels.map((level, i): FittingColumn<TenantRow> => ({
      key: level, title: <Severity level={level} />, kind: 'number', width: [80, 66, 66, 66][i]!, rank: [0, 1, 7, 10][i]!, ...sorts(level),
      render: (row) => <Open row={row} level={level} n={n} />,
    }));
    const columns: FittingColumn<TenantRow>[] = [
      ...byLevel,
      {
        key: 'new', title: t('tenancy.column.new'), kind: 'number', width: 78, rank: 3, ...sorts('new'),
        render: (row) => {
          const fresh = row.figures?.alerts?.new;
          return fresh ? <AlertsLink search={{ tenant: row.slug, state: 'new' }} label={t('tenancy.column.new')}>{n(fresh)}</AlertsLink> : fresh === 0 ? zero : dash;
        },
      },
      {
        key: 'oldest', title: t('tenancy.column.oldest'), width: 98, rank: 5, ...sorts('oldest'),
        render: (row) => {
          const alerts = row.figures?.alerts;
          return alerts?.oldest ? <Link to="/alerts/$id" params={{ id: alerts.oldest }} search={{ tenant: row.slug }}><Ago at={alerts.oldest_at} /></Link> : dash;
        },
      },
      { key: 'sources', title: t('tenancy.column.sources'), kind: 'number', width: 64, rank: 4, ...sorts('sources'), render: (row) => <Sources row={row} n={n} /> },
      { key: 'silent', title: t('tenancy.column.trouble'), width: 106, rank: 2, ...sorts('silent'), render: (row) => <Trouble row={row} n={n} /> },
      {
        key: 'records', title: t('tenancy.column.records'), kind: 'number', width: 92, rank: 6, ...sorts('records'),
        render: (row) => (row.figures?.sources ? n(row.figures.sources.records_24h) : dash),
      },
      {
        key: 'spark', title: t('tenancy.column.day'), width: 112, rank: 8,
        render: (row) => <Day row={row} label={t('tenancy.dayText', { shown: n(row.figures?.sources?.records_24h ?? 0), count: row.figures?.sources?.records_24h ?? 0 })} />,
      },
      {
        key: 'users', title: t('tenancy.column.users'), kind: 'number', width: 60, rank: 11, ...sorts('users'),
        render: (row) => {
          const users = row.figures?.users?.total;
          return users ? <Link to="/users" search={{ tenant: row.slug, side: 'customer' }}>{n(users)}<span className="unseen"> {t('tenancy.column.users')}</span></Link> : users === 0 ? zero : dash;
        },
      },
      { key: 'login', title: t('tenancy.column.login'), width: 98, rank: 9, ...sorts('login'), render: (row) => <span className="soft"><Ago at={row.figures?.users?.last_login_at} /></span> },
      { key: 'created', title: t('kit.created'), width: 98, rank: 12, ...sorts('created'), render: (row) => <span className="soft"><Ago at={row.created_at} /></span> },
    ];
    return {
      lead: { key: 'name', title: t('tenancy.name'), ...sorts('name'), render: (row: TenantRow) => <Name row={row} /> },
      columns,
      narrow: (row: TenantRow) => (
        <span className="lines">
          <span><Name row={row} /><span className="grow" />{levels.slice(0, 2).map((level) => <span key={level} className="states"><Severity level={level} bare /><Open row={row} level={level} n={n} /></span>)}</span>
          <span className="soft"><Trouble row={row} n={n} /><span className="grow" />{row.figures?.sources && t('tenancy.dayText', { shown: n(row.figures.sources.records_24h), count: row.figures.sources.records_24h })}</span>
        </span>
      ),
    };
  }, [t, i18n.language, order, up, sort]);
}

type Count = (value: number) => string;

function Name({ row }: { row: TenantRow }) {
  const { t } = useTranslation();
  return (
    <span className="tenant-name">
      <TenantMark id={row.id} name={row.name} />
      <span className="clip" title={row.name}>{row.name}</span>
      {row.demo && <DemoTag />}
      {row.state === 'suspended' && <span className="tag warn">{t('tenancy.states.suspended')}</span>}
    </span>
  );
}

function Open({ row, level, n }: { row: TenantRow; level: Level; n: Count }) {
  const { t } = useTranslation();
  const alerts = row.figures?.alerts;
  if (!alerts) return dash;
  if (alerts.open[level] === 0) return zero;
  return <AlertsLink search={{ tenant: row.slug, state: 'open', level }} label={t(`kit.level.${level}`)}>{n(alerts.open[level])}</AlertsLink>;
}

function Sources({ row, n }: { row: TenantRow; n: Count }) {
  const { t } = useTranslation();
  const total = row.figures?.sources?.total;
  if (total === undefined) return dash;
  return total === 0 ? zero : <Link to="/sources" search={{ tenant: row.slug }}>{n(total)}<span className="unseen"> {t('tenancy.column.sources')}</span></Link>;
}

/** Sources that are silent, wrong, or have never sent. */
export function Trouble({ row, n }: { row: TenantRow; n: Count }) {
  const sources = row.figures?.sources;
  if (!sources) return dash;
  const states = (['silent', 'degraded', 'never'] as const).filter((state) => sources[state] > 0);
  if (states.length === 0) return zero;
  return (
    <span className="states">
      {states.map((state) => <SourcesLink key={state} tenant={row.slug} state={state}><SourceState state={state} bare /> {n(sources[state])}</SourcesLink>)}
    </span>
  );
}

function Day({ row, label }: { row: TenantRow; label: string }) {
  const hours = row.figures?.sources?.hours;
  return hours && hours.length > 0 ? <Spark values={hours} label={label} /> : dash;
}
