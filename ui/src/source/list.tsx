import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { Button, Select } from 'antd';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { LostCoverage, Source } from '../client';
import { findTenant, useCan, useMe } from '../identity/session';
import { DataTable, type Column } from '../kit/data-table';
import { count } from '../kit/number';
import { Page } from '../kit/page';
import { SearchField } from '../kit/search-field';
import { Spark } from '../kit/spark';
import { Empty } from '../kit/states';
import { Ago } from '../kit/time';
import { SourceProposal } from '../learn/link';
import { TenantName } from '../tenancy/band';
import { useScope } from '../tenancy/scope';
import { useKindName } from './kinds';
import { compare, type Resting } from './order';
import { orders, type SourcesParams } from './params';
import { allSourcesQuery, restingQuery } from './queries';
import { percent, seconds, SourceState, states, useRate, useShortReason, type State } from './state';

const route = getRouteApi('/shell/sources');
const refresh = 10_000; // ms

/** All sources of a customer, or of all customers, with how they are now. */
export function SourceList() {
  const { t, i18n } = useTranslation();
  const { tenant } = useScope();
  const me = useMe();
  const can = useCan();
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const go = useNavigate();
  const list = useQuery({
    ...allSourcesQuery({ tenant: tenant?.id, q: params.q }), refetchInterval: refresh, placeholderData: keepPreviousData,
  });
  const set = useCallback((change: SourcesParams) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true }), [navigate]);
  const search = useCallback((q: string) => set({ q: q || undefined }), [set]);
  const chosen = params.state?.split(',') ?? [];
  const toggle = (state: State) => {
    const after = chosen.includes(state) ? chosen.filter((each) => each !== state) : [...chosen, state];
    set({ state: after.join(',') || undefined });
  };
  const order = compare[params.sort ?? 'state'];
  const rests = useQuery(restingQuery(tenant?.id)).data;
  const resting: Resting = useMemo(() => new Map(rests?.items.map((each) => [each.source, each])), [rests]);
  const shown = list.data?.items.filter((each) => chosen.length === 0 || chosen.includes(each.health.state));
  const rows = shown && [...shown].sort((a, b) => order(a, b, resting));
  const slug = (row: Source) => findTenant(me, row.tenant)?.slug;
  const make = () => void go({ to: '/sources/new', search: { tenant: tenant?.slug } });
  const columns = useColumns(tenant === undefined && me.tenants.length > 1, slug, resting);
  return (
    <Page
      title={t('source.title')}
      count={rows && t('kit.items', { count: rows.length, shown: count(rows.length, i18n.language) })}
      actions={can('source.manage') && (
        <>
          <Link to="/sources/parser">{t('source.try')}</Link>
          <Button type="primary" onClick={make}>{t('source.add')}</Button>
        </>
      )}
    >
      <div className="row">
        <SearchField value={params.q ?? ''} onChange={search} label={t('source.find')} />
        <div className="source-totals" role="group" aria-label={t('source.stateLabel')}>
          {states.map((state) => {
            const n = list.data?.states[state] ?? 0;
            if (n === 0 && !chosen.includes(state)) return null;
            return (
              <button key={state} type="button" aria-pressed={chosen.includes(state)} onClick={() => toggle(state)}>
                <SourceState state={state} /> <span>{count(n, i18n.language)}</span>
              </button>
            );
          })}
        </div>
        <span className="grow" />
        <label className="soft" htmlFor="source-sort">{t('source.sort.label')}</label>
        <Select
          id="source-sort"
          className="filter"
          value={params.sort ?? 'state'}
          onChange={(sort) => set({ sort: sort === 'state' ? undefined : sort })}
          options={orders.map((each) => ({ value: each, label: t(`source.sort.${each}`) }))}
        />
      </div>
      <DataTable
        label={t('source.title')}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        error={list.error}
        retry={() => void list.refetch()}
        open={(row) => void go({ to: '/sources/$id', params: { id: row.id }, search: { tenant: slug(row) } })}
        empty={params.q || chosen.length > 0
          ? <Empty title={t('source.noneFound')}><Button size="small" onClick={() => set({ q: undefined, state: undefined })}>{t('kit.clearFilters')}</Button></Empty>
          : (
            <Empty title={t('source.none')}>
              <p>{t('source.noneText')}</p>
              {can('source.manage') && <Button type="primary" onClick={make}>{t('source.add')}</Button>}
            </Empty>
          )}
      />
    </Page>
  );
}

function useColumns(ofAll: boolean, slug: (row: Source) => string | undefined, resting: Resting): Column<Source>[] {
  const { t, i18n } = useTranslation();
  const kindName = useKindName();
  const rate = useRate();
  const short = useShortReason();
  const columns: (Column<Source> | false)[] = [
    { key: 'state', title: t('source.stateLabel'), kind: 'min', render: (row) => <><SourceState state={row.health.state} />{short(row) && <span className="soft"> {short(row)}</span>}</> },
    {
      key: 'name',
      title: t('source.name'),
      kind: 'wide',
      render: (row) => (
        <>
          <Link to="/sources/$id" params={{ id: row.id }} search={{ tenant: slug(row) }}>{row.name}</Link>
          {row.proposal && <> <SourceProposal source={row} /></>}
          {ofAll && <span className="row narrow-only"><TenantName id={row.tenant} /></span>}
        </>
      ),
    },
    ofAll && { key: 'tenant', title: t('kit.tenant'), kind: 'min', wideOnly: true, render: (row) => <TenantName id={row.tenant} /> },
    { key: 'rules', title: t('source.coverage.column'), kind: 'number', wideOnly: true, render: (row) => <RulesOf row={row} of={resting.get(row.id)} /> },
    { key: 'seen', title: t('source.lastSeen'), kind: 'min', render: (row) => row.last_seen ? <Ago at={row.last_seen} /> : <span className="faint">–</span> },
    { key: 'rate', title: t('source.rate'), kind: 'number', wideOnly: true, render: (row) => rate(row.rate_1m) },
    {
      key: 'spark',
      title: t('source.lastHour'),
      kind: 'min',
      wideOnly: true,
      render: (row) => (
        <Spark values={row.series?.records ?? []} label={t('source.lastHourText', { count: row.records_1h, shown: count(row.records_1h, i18n.language) })} />
      ),
    },
    { key: 'hour', title: t('source.recordsHour'), kind: 'number', wideOnly: true, render: (row) => count(row.records_1h, i18n.language) },
    { key: 'parsed', title: t('source.parseRate'), kind: 'number', wideOnly: true, render: (row) => <Parsed row={row} /> },
    { key: 'lag', title: t('source.lag'), kind: 'number', wideOnly: true, render: (row) => row.lag_s === undefined ? <span className="faint">–</span> : seconds(row.lag_s) },
    { key: 'kind', title: t('source.kind'), kind: 'min', wideOnly: true, render: (row) => kindName(row.kind) },
    { key: 'senders', title: t('source.senders'), wideOnly: true, render: (row) => <code>{row.senders.join(' ')}{row.port > 0 && ` :${row.port}`}</code> },
  ];
  return columns.filter((column): column is Column<Source> => column !== false);
}

function Parsed({ row }: { row: Source }) {
  if (row.parse_rate === undefined) return <span className="faint">–</span>;
  const poor = row.health.codes.some(({ code }) => code === 'unparsed' || code === 'worse');
  return <span className={poor ? 'source-state degraded' : ''}>{percent(row.parse_rate)}</span>;
}

/** The rules that rest on a source alone; those of a silent one are blind. */
function RulesOf({ row, of }: { row: Source; of: LostCoverage | undefined }) {
  const { t, i18n } = useTranslation();
  const n = (value: number) => count(value, i18n.language);
  if (!of) return <span className="faint">–</span>;
  const title = t('source.coverage.columnText', { count: of.sole, shown: n(of.sole), main: n(of.main), shared: n(of.shared - of.main) });
  if (row.health.state === 'silent' && of.sole > 0) return <strong className="source-state silent" title={title}>{t('source.coverage.blindShort', { count: of.sole, shown: n(of.sole) })}</strong>;
  return <span title={title} className={of.sole === 0 ? 'soft' : undefined}>{n(of.sole)}</span>;
}
