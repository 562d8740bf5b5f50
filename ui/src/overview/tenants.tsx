import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { OverviewStanding } from '../client';
import { findTenant, useMe } from '../identity/session';
import { DataTable, type Column } from '../kit/data-table';
import { count } from '../kit/number';
import { Section } from '../kit/page';
import { levels, Severity } from '../kit/severity';
import { Empty } from '../kit/states';
import { Ago } from '../kit/time';
import { TenantName } from '../tenancy/band';
import { useHeld } from './held';
import { AlertsLink, RecordsLink, SourcesLink } from './links';
import type { Order } from './params';
import type { Hour } from './queries';
import { Renew } from './renew';
import { noReach, ordered, type Reach, type TenantRow } from './standing';

const route = getRouteApi('/shell/');

interface Props {
  standings: OverviewStanding[];
  reach: Map<string, Reach> | undefined;
  hour: Hour | undefined;
  order: Order;
}

/** Every customer at a glance, those that need a look first; each figure opens its rows at that customer. */
export function TenantTable({ standings, reach, hour, order }: Props) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const own = route.useNavigate();
  const rows = standings.map((each): TenantRow => ({
    ...each, name: findTenant(me, each.tenant)?.name ?? each.tenant, reach: reach?.get(each.tenant) ?? noReach, records: hour?.records.get(each.tenant) ?? 0,
  }));
  const held = useHeld(ordered(rows, order, i18n.language), { id: (row) => row.tenant, full: Infinity, order });
  const columns = useColumns(reach !== undefined, hour, order, (next) => void own({ search: (before) => ({ ...before, sort: next === 'severity' ? undefined : next }), replace: true }));
  return (
    <Section title={t('overview.tenants.title')} extra={<Renew held={held} />}>
      <DataTable
        still
        label={t('overview.tenants.title')}
        columns={columns}
        rows={held.rows}
        rowKey={(row) => row.tenant}
        open={(row) => void navigate({ to: '/', search: { tenant: findTenant(me, row.tenant)?.slug ?? row.tenant } })}
        empty={<Empty title={t('tenancy.none')}>{t('tenancy.noneText')}</Empty>}
      />
    </Section>
  );
}

function useColumns(sighted: boolean, hour: Hour | undefined, order: Order, sort: (order: Order) => void): Column<TenantRow>[] {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const n = (value: number) => count(value, i18n.language);
  const slug = (row: TenantRow) => findTenant(me, row.tenant)?.slug ?? row.tenant;
  const sorts = (key: Order) => ({ sort: { active: order === key, by: () => sort(key) } });
  const columns: Column<TenantRow>[] = [
    { key: 'name', title: t('kit.tenant'), kind: 'wide', ...sorts('name'), render: (row) => <Link to="/" search={{ tenant: slug(row) }}><TenantName id={row.tenant} /></Link> },
    ...levels.slice(0, 4).map((level, i): Column<TenantRow> => ({
      key: level, title: <Severity level={level} />, kind: 'number', wideOnly: i > 1, ...(i === 0 ? sorts('severity') : {}),
      render: (row) => row.open[level] === 0
        ? <span className="faint">0</span>
        : <AlertsLink search={{ tenant: slug(row), state: 'open', level }}>{n(row.open[level])}</AlertsLink>,
    })),
    {
      key: 'risk', title: t('overview.tenants.risk'), kind: 'number', wideOnly: true, ...sorts('risk'),
      render: (row) => row.risk === 0 ? <span className="faint">–</span> : <AlertsLink search={{ tenant: slug(row), state: 'open', sort: 'risk' }}>{n(row.risk)}</AlertsLink>,
    },
    {
      key: 'new', title: t('overview.unacknowledged'), kind: 'number', wideOnly: true, ...sorts('new'),
      render: (row) => row.new === 0 ? <span className="faint">0</span> : <AlertsLink search={{ tenant: slug(row), state: 'new' }}>{n(row.new)}</AlertsLink>,
    },
    {
      key: 'oldest', title: t('overview.oldest'), kind: 'min', wideOnly: true, ...sorts('oldest'),
      render: (row) => row.oldest ? <Link to="/alerts/$id" params={{ id: row.oldest }} search={{ tenant: slug(row) }}><Ago at={row.oldest_at} /></Link> : <span className="faint">–</span>,
    },
  ];
  if (hour) {
    columns.push({
      key: 'ingest', title: t('overview.tenants.ingest'), kind: 'number', wideOnly: true, ...sorts('ingest'),
      render: (row) => row.records === 0 ? <span className="faint">0</span> : <RecordsLink tenant={slug(row)} from={hour.from} to={hour.to}>{n(row.records)}</RecordsLink>,
    });
  }
  if (!sighted) return columns;
  return [
    ...columns,
    {
      key: 'silent', title: t('overview.tenants.silent'), kind: 'number', ...sorts('silent'),
      render: (row) => (
        <span className="ov-reach">
          {row.reach.silent > 0 ? <SourcesLink tenant={slug(row)} state="silent"><span className="tag bad">{n(row.reach.silent)}</span></SourcesLink> : <span className="faint">0</span>}
          <span className="faint"> / </span><SourcesLink tenant={slug(row)}>{n(row.reach.sources)}</SourcesLink>
        </span>
      ),
    },
  ];
}
