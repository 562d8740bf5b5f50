import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Button, Select } from 'antd';
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
import './audit.css';
import { differences } from './diff';
import { Export } from './export';
import type { AuditParams } from './params';
import { Verify } from './verify';
import { actions, nouns, useActionName } from './words';

const route = getRouteApi('/shell/audit');

function auditQuery(tenant: string, { seq, ...params }: AuditParams) {
  const query = { tenant, ...params, limit: 100 };
  return infiniteQueryOptions({
    queryKey: ['audit', query, seq],
    queryFn: ({ pageParam, signal }) =>
      ask(client.GET('/api/v1/audit', { params: { query: { ...query, cursor: pageParam || undefined } }, signal })),
    initialPageParam: seq ? String(seq + 1) : '', // a page ends before its cursor
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
  const navigate = route.useNavigate();
  const { actor, action, object, from, to, seq } = route.useSearch();
  const filters = { actor, action, object, from, to };
  const list = useInfiniteQuery(auditQuery(chain, { ...filters, seq }));
  const filtered = Boolean(actor ?? action ?? object ?? from ?? to ?? seq);
  return (
    <Page
      title={t('audit.title')}
      count={name}
      actions={<><Verify chain={chain} show={(at) => void navigate({ search: ({ tenant }) => ({ tenant, seq: at }) })} /><Export chain={chain} filters={filters} /></>}
    >
      <Filters />
      {seq && (
        <p className="notice">
          {t('audit.fromSeq', { seq })} <Button size="small" onClick={() => void navigate({ search: (before) => ({ ...before, seq: undefined }) })}>{t('audit.toNewest')}</Button>
        </p>
      )}
      <DataTable
        label={t('audit.title')}
        columns={useColumns()}
        rows={list.data?.pages.flatMap((page) => page.items)}
        rowKey={(row) => `${row.tenant}/${row.seq}`}
        error={list.error}
        retry={() => void list.refetch()}
        expand={(row) => <Change entry={row} />}
        more={{ has: list.hasNextPage, busy: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
        empty={
          <Empty title={t('audit.none')}>
            {filtered && <Button size="small" onClick={() => void navigate({ search: ({ tenant }) => ({ tenant }) })}>{t('kit.clearFilters')}</Button>}
          </Empty>
        }
      />
    </Page>
  );
}

function Filters() {
  const { t } = useTranslation();
  const actionName = useActionName();
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const set = useCallback(
    (change: AuditParams) => void navigate({ search: (before) => ({ ...before, seq: undefined, ...change }), replace: true }),
    [navigate],
  );
  const byActor = useCallback((actor: string) => set({ actor: actor || undefined }), [set]);
  const byObject = useCallback((object: string) => set({ object: object || undefined }), [set]);
  return (
    <div className="row">
      <SearchField value={params.actor ?? ''} onChange={byActor} label={t('audit.findActor')} />
      <Select
        allowClear
        showSearch={{ optionFilterProp: 'label' }}
        className="audit-action"
        popupMatchSelectWidth={false}
        aria-label={t('audit.findAction')}
        placeholder={t('audit.anyAction')}
        value={params.action}
        onChange={(action: string | undefined) => set({ action })}
        options={nouns.map((noun) => ({
          label: actionName(noun),
          options: [
            { value: noun, label: t('audit.allOf', { noun: actionName(noun) }) },
            ...actions.filter((action) => action.startsWith(`${noun}.`)).map((action) => ({ value: action, label: actionName(action) })),
          ],
        }))}
      />
      <SearchField value={params.object ?? ''} onChange={byObject} label={t('audit.findObject')} bare />
      <TimeRangePicker
        value={{ from: params.from ?? '', to: params.to ?? 'now' }}
        onChange={({ from, to }) => set({ from: from || undefined, to: to === 'now' ? undefined : to || undefined })}
      />
    </div>
  );
}

function useColumns(): Column<AuditEntry>[] {
  const { t } = useTranslation();
  const actionName = useActionName();
  return [
    { key: 'seq', title: t('audit.seq'), kind: 'number', wideOnly: true, render: (row) => row.seq },
    { key: 'at', title: t('audit.at'), kind: 'min', render: (row) => <At at={row.at} /> },
    {
      key: 'actor',
      title: t('audit.actor'),
      kind: 'min',
      render: (row) => <>{row.actor === 'system' ? t('audit.system') : <Untrusted value={row.actor} />} {row.provider && <span className="tag wide-only">{t('audit.provider')}</span>}</>,
    },
    { key: 'action', title: t('audit.action'), kind: 'min', render: (row) => <span title={row.action}>{actionName(row.action)}</span> },
    { key: 'object', title: t('audit.object'), kind: 'wide', wideOnly: true, render: (row) => <code><Untrusted value={row.object} /></code> },
    { key: 'reason', title: t('audit.reason'), wideOnly: true, render: (row) => <Untrusted value={row.reason} /> },
    { key: 'remote', title: t('audit.remote'), kind: 'min', wideOnly: true, render: (row) => <code>{row.remote}</code> },
  ];
}

function Change({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  return (
    <div className="stack">
      <Differences entry={entry} />
      <dl className="pairs">
        <dt>{t('audit.object')}</dt><dd><code><Untrusted value={entry.object} /></code> <Open object={entry.object} /></dd>
        <dt>{t('audit.action')}</dt><dd><code>{entry.action}</code></dd>
        {entry.reason && <><dt>{t('audit.reason')}</dt><dd><Untrusted value={entry.reason} /></dd></>}
        <dt>{t('audit.remote')}</dt><dd><code>{entry.remote || '–'}</code></dd>
        <dt>{t('audit.session')}</dt><dd><code>{entry.session || '–'}</code></dd>
        <dt>{t('audit.hash')}</dt><dd><code>{entry.hash}</code><CopyButton value={entry.hash} /></dd>
        <dt>{t('audit.prevHash')}</dt><dd><code>{entry.prev_hash}</code></dd>
      </dl>
    </div>
  );
}

// Objects that have a page of their own.
function Open({ object }: { object: string }) {
  const { t } = useTranslation();
  const [kind, id] = object.split('/', 2);
  if (kind === 'alert' && id) return <Link to="/alerts/$id" params={{ id }}>{t('audit.open')}</Link>;
  return null;
}

function Differences({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  const all = differences(entry.before, entry.after);
  if (all.length === 0) return null;
  return (
    <table className="audit-diff" aria-label={t('audit.changed')}>
      <thead>
        <tr><th scope="col">{t('audit.field')}</th><th scope="col">{t('audit.before')}</th><th scope="col">{t('audit.after')}</th></tr>
      </thead>
      <tbody>
        {all.map((each) => (
          <tr key={each.field} className={each.changed ? 'changed' : ''}>
            <th scope="row"><Untrusted value={each.field} /></th>
            <td>{each.before === undefined ? <span className="faint">–</span> : each.changed ? <del><Untrusted value={each.before} /></del> : <Untrusted value={each.before} />}</td>
            <td>{each.after === undefined ? <span className="faint">–</span> : each.changed ? <ins><Untrusted value={each.after} /></ins> : <Untrusted value={each.after} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
