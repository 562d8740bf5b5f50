import { queryOptions, useQuery } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type InboxGroup } from '../client';
import { DataTable, type Column } from '../kit/data-table';
import { bytes, count } from '../kit/number';
import { Page } from '../kit/page';
import { revealed } from '../kit/reveal';
import { Empty, Failure, Loading } from '../kit/states';
import { Ago, At } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { useChange } from '../kit/use-change';
import { AssignDialog } from './assign';
import './inbox.css';

export const inboxKey = ['inbox'];
const refresh = 10_000; // ms

/** Records that no source claims, by sender. */
export function InboxPage() {
  const { t } = useTranslation();
  const [assigning, setAssigning] = useState<InboxGroup>();
  const list = useQuery({
    queryKey: inboxKey,
    queryFn: ({ signal }) => ask(client.GET('/api/v1/inbox', { signal })),
    refetchInterval: refresh,
  });
  return (
    <Page title={t('inbox.title')} count={list.data && t('kit.items', { count: list.data.items.length, shown: list.data.items.length })}>
      <p className="soft">{t('inbox.what')}</p>
      <DataTable
        label={t('inbox.title')}
        columns={useColumns(setAssigning)}
        rows={list.data?.items}
        rowKey={(row) => row.group}
        error={list.error}
        retry={() => void list.refetch()}
        expand={(row) => <Records group={row.group} />}
        empty={<Empty title={t('inbox.none')}>{t('inbox.noneText')}</Empty>}
      />
      {assigning && <AssignDialog group={assigning} close={() => setAssigning(undefined)} />}
    </Page>
  );
}

function useColumns(assign: (group: InboxGroup) => void): Column<InboxGroup>[] {
  const { t, i18n } = useTranslation();
  const { modal } = App.useApp();
  const discard = useChange({
    run: (group: string) => ask(client.DELETE('/api/v1/inbox/{group}', { params: { path: { group } } })),
    stale: [inboxKey],
    done: t('inbox.discarded'),
  });
  const confirm = (row: InboxGroup) => void modal.confirm({
    title: t('inbox.discardTitle', { sender: revealed(row.sender) }),
    content: t('inbox.discardText', { count: row.count }),
    okText: t('inbox.discard'),
    okButtonProps: { danger: true },
    onOk: () => discard.mutateAsync(row.group).catch(() => undefined),
  });
  return [
    { key: 'sender', title: t('inbox.sender'), kind: 'min', render: (row) => <code><Untrusted value={row.sender} /></code> },
    { key: 'input', title: t('inbox.input'), kind: 'min', wideOnly: true, render: (row) => <Untrusted value={row.input} /> },
    { key: 'count', title: t('inbox.count'), kind: 'number', render: (row) => count(row.count, i18n.language) },
    { key: 'bytes', title: t('inbox.bytes'), kind: 'number', wideOnly: true, render: (row) => bytes(row.bytes) },
    { key: 'last', title: t('inbox.last'), kind: 'min', wideOnly: true, render: (row) => <Ago at={row.last_at} /> },
    { key: 'sample', title: t('inbox.sample'), kind: 'wide', render: (row) => <span className="mono two-lines"><Untrusted value={row.sample} /></span> },
    {
      key: 'actions',
      title: '',
      kind: 'min',
      render: (row) => (
        <span className="row tight">
          <Button size="small" type="primary" onClick={() => assign(row)}>{t('inbox.assign')}</Button>
          <Button size="small" danger onClick={() => confirm(row)}>{t('inbox.discard')}</Button>
        </span>
      ),
    },
  ];
}

function recordsQuery(group: string) {
  return queryOptions({
    queryKey: [...inboxKey, group],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/inbox/{group}/records', { params: { path: { group }, query: { limit: 20 } }, signal })),
  });
}

function Records({ group }: { group: string }) {
  const { t } = useTranslation();
  const records = useQuery(recordsQuery(group));
  if (records.error && !records.data) return <Failure error={records.error} retry={() => void records.refetch()} />;
  if (!records.data) return <Loading lines={3} />;
  if (records.data.items.length === 0) return <p className="soft">{t('inbox.noRecords')}</p>;
  return (
    <ul className="inbox-records">
      {records.data.items.map((record, i) => (
        <li key={i}>
          <span className="faint"><At at={record.received_at} fine /></span>
          <p className="raw"><Untrusted value={record.raw} /></p>
        </li>
      ))}
    </ul>
  );
}
