import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { Button, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { findTenant, useMe } from '../identity/session';
import { DataTable, type Column } from '../kit/data-table';
import { count, share } from '../kit/number';
import { Page } from '../kit/page';
import { Empty } from '../kit/states';
import { Ago, At } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { TenantName } from '../tenancy/band';
import { useScope } from '../tenancy/scope';
import { states, type ProposalsParams } from './params';
import { proposalsQuery } from './queries';
import { Reason, State } from './state';
import type { ProposalHead } from './types';
import { Waiting } from './waiting';
import './learn.css';

const route = getRouteApi('/shell/parsers/proposals');
const refresh = 15_000; // ms

/** Parsers that are proposed for sources whose records nobody reads, and what was decided about earlier ones. */
export function ProposalList() {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const { tenant } = useScope();
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const go = useNavigate();
  const { state = 'open', source } = params;
  const list = useQuery({ ...proposalsQuery(tenant?.slug, params), refetchInterval: refresh });
  const set = (change: ProposalsParams) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const rows = list.data?.items;
  return (
    <Page
      title={t('learn.title')}
      count={list.data && t('kit.rows', { count: list.data.total, shown: count(list.data.total, i18n.language) })}
      actions={<Link to="/parsers" search={{ tenant: tenant?.slug }}>{t('parser.title')}</Link>}
    >
      <p className="soft">{t('learn.text')}</p>
      <div className="row">
        <Segmented<(typeof states)[number]>
          aria-label={t('learn.stateTitle')}
          value={state}
          onChange={(next) => set({ state: next === 'open' ? undefined : next })}
          options={states.map((each) => ({ value: each, label: t(`learn.state.${each}`) }))}
        />
        {source && <Button size="small" onClick={() => set({ source: undefined })}>{t('learn.allSources')}</Button>}
      </div>
      <DataTable
        label={t('learn.title')}
        columns={useColumns(state, !tenant)}
        rows={rows}
        rowKey={(row) => row.id}
        error={list.error}
        retry={() => void list.refetch()}
        open={(row) => void go({ to: '/parsers/proposals/$id', params: { id: row.id }, search: { tenant: findTenant(me, row.tenant)?.slug } })}
        empty={<Empty title={t(`learn.none.${state}`)}>{state === 'open' && t('learn.noneText')}</Empty>}
      />
      {state === 'open' && rows && <Waiting busy={new Set(rows.map((row) => row.source.id))} />}
    </Page>
  );
}

function useColumns(state: (typeof states)[number], tenants: boolean): Column<ProposalHead>[] {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const number = (value: number) => count(value, i18n.language);
  const decided: Column<ProposalHead>[] = [
    { key: 'by', title: t('learn.decidedBy'), kind: 'min', wideOnly: true, render: (row) => <Untrusted value={row.decided_by} /> },
    { key: 'at', title: t('learn.decidedAt'), kind: 'min', render: (row) => <At at={row.decided_at} /> },
  ];
  return [
    {
      key: 'source',
      title: t('parser.sources'),
      kind: 'wide',
      render: (row) => (
        <>
          <Link to="/parsers/proposals/$id" params={{ id: row.id }} search={{ tenant: findTenant(me, row.tenant)?.slug }}><Untrusted value={row.source.name || row.source.id} /></Link>
          {row.note && <span className="learn-sub"><Untrusted value={row.note} /></span>}
        </>
      ),
    },
    ...(tenants ? [{ key: 'tenant', title: t('kit.tenant'), kind: 'min' as const, wideOnly: true, render: (row: ProposalHead) => <TenantName id={row.tenant} /> }] : []),
    { key: 'reason', title: t('learn.reasonTitle'), kind: 'min', render: (row) => <Reason reason={row.reason} /> },
    ...(state === 'open' ? [] : [{ key: 'state', title: t('learn.stateTitle'), kind: 'min' as const, wideOnly: true, render: (row: ProposalHead) => <State state={row.state} /> }]),
    { key: 'lines', title: t('learn.looked'), kind: 'number', wideOnly: true, render: (row) => number(row.lines) },
    { key: 'unclaimed', title: t('learn.unclaimed'), kind: 'number', wideOnly: true, render: (row) => share(row.unclaimed, row.lines) },
    { key: 'covered', title: t('learn.reads'), kind: 'number', render: (row) => <b>{share(row.covered, row.unclaimed)}</b> },
    { key: 'formats', title: t('learn.formats'), kind: 'number', wideOnly: true, render: (row) => number(row.formats) },
    { key: 'mapped', title: t('learn.mapped'), kind: 'number', render: (row) => <>{number(row.mapped)} <span className="soft">{t('learn.of', { shown: number(row.fields) })}</span></> },
    ...(state === 'open' ? [{ key: 'created', title: t('learn.since'), kind: 'min' as const, wideOnly: true, render: (row: ProposalHead) => <Ago at={row.created_at} /> }] : decided),
  ];
}
