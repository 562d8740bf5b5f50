import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type AuditEntry } from '../client';
import { isProvider, useMe } from '../identity/session';
import { CopyButton } from '../kit/copy';
import { DataTable, type Column } from '../kit/data-table';
import { Page } from '../kit/page';
import { SearchField } from '../kit/search-field';
import { Empty } from '../kit/states';
import { At } from '../kit/time';
import { TimeRangePicker } from '../kit/time-range-picker';
import { Untrusted } from '../kit/untrusted';
import { ChooseTenant } from '../tenancy/choose';
import { useScope } from '../tenancy/scope';
import type { AuditParams } from './params';
import { Verify } from './verify';

const route = getRouteApi('/shell/audit');

function auditQuery(tenant: string, params: AuditParams) {
  const query = { tenant, ...params, limit: 100 };
  return infiniteQueryOptions({
    queryKey: ['audit', query],
    queryFn: ({ pageParam, signal }) =>
      ask(client.GET('/api/v1/audit', { params: { query: { ...query, cursor: pageParam || undefined } }, signal })),
    initialPageParam: '',
    getNextPageParam: (page) => page.cursor || undefined,
  });
}

/** Who did what to whose data: one chain a customer, and the platform's own where no customer is chosen. */
export function AuditPage() {
  const { t } = useTranslation();
  const { tenant } = useScope();
  const provider = isProvider(useMe());
  const chain = tenant?.id ?? (provider ? 'provider' : undefined);
  if (!chain) return <Page title={t('audit.title')}><ChooseTenant /></Page>;
  return <Chain key={chain} chain={chain} name={tenant?.name ?? t('audit.platform')} />;
}

function Chain({ chain, name }: { chain: string; name: string }) {
  const { t } = useTranslation();
  const { actor, action, from, to } = route.useSearch();
  const list = useInfiniteQuery(auditQuery(chain, { actor, action, from, to }));
  return (
    <Page title={t('audit.title')} count={name} actions={<Verify chain={chain} />}>
      <Filters />
      <DataTable
        label={t('audit.title')}
        columns={useColumns()}
        rows={list.data?.pages.flatMap((page) => page.items)}
        rowKey={(row) => `${row.tenant}/${row.seq}`}
        error={list.error}
        retry={() => void list.refetch()}
        expand={(row) => <Change entry={row} />}
        more={{ has: list.hasNextPage, busy: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
        empty={<Empty title={t('audit.none')} />}
      />
    </Page>
  );
}

function Filters() {
  const { t } = useTranslation();
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const set = useCallback(
    (change: AuditParams) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true }),
    [navigate],
  );
  const byActor = useCallback((actor: string) => set({ actor: actor || undefined }), [set]);
  const byAction = useCallback((action: string) => set({ action: action || undefined }), [set]);
  return (
    <div className="row">
      <SearchField value={params.actor ?? ''} onChange={byActor} label={t('audit.findActor')} />
      <SearchField value={params.action ?? ''} onChange={byAction} label={t('audit.findAction')} bare />
      <TimeRangePicker
        value={{ from: params.from ?? '', to: params.to ?? 'now' }}
        onChange={({ from, to }) => set({ from: from || undefined, to: to === 'now' ? undefined : to || undefined })}
      />
    </div>
  );
}

function useColumns(): Column<AuditEntry>[] {
  const { t } = useTranslation();
  return [
    { key: 'seq', title: t('audit.seq'), kind: 'number', wideOnly: true, render: (row) => row.seq },
    { key: 'at', title: t('audit.at'), kind: 'min', render: (row) => <At at={row.at} /> },
    {
      key: 'actor',
      title: t('audit.actor'),
      kind: 'min',
      render: (row) => <>{row.actor} {row.provider && <span className="tag wide-only">{t('audit.provider')}</span>}</>,
    },
    { key: 'action', title: t('audit.action'), kind: 'min', render: (row) => <code>{row.action}</code> },
    { key: 'object', title: t('audit.object'), kind: 'wide', wideOnly: true, render: (row) => <code><Untrusted value={row.object} /></code> },
    { key: 'reason', title: t('audit.reason'), wideOnly: true, render: (row) => <Untrusted value={row.reason} /> },
    { key: 'remote', title: t('audit.remote'), kind: 'min', wideOnly: true, render: (row) => <code>{row.remote}</code> },
  ];
}

function Change({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  return (
    <dl className="pairs">
      <dt>{t('audit.object')}</dt><dd><code><Untrusted value={entry.object} /></code></dd>
      {entry.reason && <><dt>{t('audit.reason')}</dt><dd><Untrusted value={entry.reason} /></dd></>}
      {entry.before && <><dt>{t('audit.before')}</dt><dd><pre className="raw"><Untrusted value={pretty(entry.before)} /></pre></dd></>}
      {entry.after && <><dt>{t('audit.after')}</dt><dd><pre className="raw"><Untrusted value={pretty(entry.after)} /></pre></dd></>}
      <dt>{t('audit.session')}</dt><dd><code>{entry.session || '–'}</code></dd>
      <dt>{t('audit.hash')}</dt><dd><code>{entry.hash}</code><CopyButton value={entry.hash} /></dd>
      <dt>{t('audit.prevHash')}</dt><dd><code>{entry.prev_hash}</code></dd>
    </dl>
  );
}

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
