import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { App, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type InboxGroup } from '../client';
import { DataTable, type Column } from '../kit/data-table';
import { bytes, count, counted } from '../kit/number';
import { Page } from '../kit/page';
import { revealed } from '../kit/reveal';
import { Empty, Failure, Loading } from '../kit/states';
import { Ago, At } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { useChange } from '../kit/use-change';
import { useKindName } from '../source/kinds';
import { ParsedRecord } from '../source/parsed';
import { AssignDialog, type Assigned } from './assign';
import { inboxKey, inboxQuery, recordsQuery, refusedQuery } from './queries';
import './inbox.css';

const refresh = 10_000; // ms

/** Records that no source claims, by sender. */
export function InboxPage() {
  const { t, i18n } = useTranslation();
  const [assigning, setAssigning] = useState<InboxGroup[]>();
  const [assigned, setAssigned] = useState<Assigned>();
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const list = useQuery({ ...inboxQuery, refetchInterval: refresh });
  const groups = list.data?.items;
  const chosen = groups?.filter((group) => picked.has(group.group)) ?? [];
  const discard = useDiscard(() => setPicked(new Set()));
  const records = groups?.reduce((sum, group) => sum + group.count, 0) ?? 0;
  const toggle = (group: string) => setPicked((before) => {
    const after = new Set(before);
    if (!after.delete(group)) after.add(group);
    return after;
  });
  return (
    <Page
      title={t('inbox.title')}
      count={groups && [t('inbox.senders', counted(groups.length, i18n.language)), t('inbox.records', counted(records, i18n.language))].join(' · ')}
    >
      <p className="soft">{t('inbox.what')}</p>
      {assigned && (
        <p className="notice good row" role="status">
          <span className="grow">{t('inbox.assigned', counted(assigned.moved, i18n.language))}</span>
          <Link to="/sources/$id" params={{ id: assigned.source }} search={{ tenant: assigned.slug }}>{t('inbox.toSource')}</Link>
          <Button size="small" type="text" onClick={() => setAssigned(undefined)}>{t('kit.close')}</Button>
        </p>
      )}
      {chosen.length > 0 && (
        <div className="row inbox-bulk" role="toolbar" aria-label={t('inbox.picked', counted(chosen.length, i18n.language))}>
          <span>{t('inbox.picked', counted(chosen.length, i18n.language))}</span>
          <Button size="small" type="primary" onClick={() => setAssigning(chosen)}>{t('inbox.assign')}</Button>
          <Button size="small" danger onClick={() => discard(chosen)}>{t('inbox.discard')}</Button>
          <Button size="small" type="text" onClick={() => setPicked(new Set())}>{t('kit.cancel')}</Button>
        </div>
      )}
      <DataTable
        label={t('inbox.title')}
        columns={useColumns({ picked, toggle, assign: (group) => setAssigning([group]), discard: (group) => discard([group]) })}
        rows={groups}
        rowKey={(row) => row.group}
        error={list.error}
        retry={() => void list.refetch()}
        expand={(row) => <Records group={row.group} />}
        empty={<Empty title={t('inbox.none')}>{t('inbox.noneText')}</Empty>}
      />
      <Refused />
      {assigning && (
        <AssignDialog
          groups={assigning}
          close={() => setAssigning(undefined)}
          done={(what) => {
            setAssigned(what);
            setPicked(new Set());
          }}
        />
      )}
    </Page>
  );
}

function useDiscard(then: () => void): (groups: InboxGroup[]) => void {
  const { t, i18n } = useTranslation();
  const { modal } = App.useApp();
  const discard = useChange({
    run: async (groups: InboxGroup[]) => {
      for (const { group } of groups) await ask(client.DELETE('/api/v1/inbox/{group}', { params: { path: { group } } }));
    },
    stale: [inboxKey],
    done: t('inbox.discarded'),
    then,
  });
  return (groups) => void modal.confirm({
    title: groups.length === 1 ? t('inbox.discardTitle', { sender: revealed(groups[0]?.sender ?? '') }) : t('inbox.discardMany', counted(groups.length, i18n.language)),
    content: t('inbox.discardText', counted(groups.reduce((sum, group) => sum + group.count, 0), i18n.language)),
    okText: t('inbox.discard'),
    okButtonProps: { danger: true },
    onOk: () => discard.mutateAsync(groups).catch(() => undefined),
  });
}

interface Acts {
  picked: ReadonlySet<string>;
  toggle: (group: string) => void;
  assign: (group: InboxGroup) => void;
  discard: (group: InboxGroup) => void;
}

function useColumns({ picked, toggle, assign, discard }: Acts): Column<InboxGroup>[] {
  const { t, i18n } = useTranslation();
  const kindName = useKindName();
  return [
    {
      key: 'pick',
      title: <span className="skip">{t('kit.pick')}</span>,
      kind: 'min',
      render: (row) => <input type="checkbox" checked={picked.has(row.group)} aria-label={`${t('kit.pickRow')} ${revealed(row.sender)}`} onChange={() => toggle(row.group)} />,
    },
    { key: 'sender', title: t('inbox.sender'), kind: 'min', render: (row) => <code><Untrusted value={row.sender || t('inbox.others')} /></code> },
    { key: 'input', title: t('inbox.input'), kind: 'min', wideOnly: true, render: (row) => <Untrusted value={row.input} /> },
    { key: 'count', title: t('inbox.count'), kind: 'number', render: (row) => count(row.count, i18n.language) },
    { key: 'bytes', title: t('inbox.bytes'), kind: 'number', wideOnly: true, render: (row) => bytes(row.bytes) },
    { key: 'first', title: t('inbox.first'), kind: 'min', wideOnly: true, render: (row) => <Ago at={row.first_at} /> },
    { key: 'last', title: t('inbox.last'), kind: 'min', wideOnly: true, render: (row) => <Ago at={row.last_at} /> },
    { key: 'kind', title: t('inbox.kind'), kind: 'min', wideOnly: true, render: (row) => <span className="tag" title={revealed(row.dataset)}>{kindName(row.kind)}</span> },
    { key: 'sample', title: t('inbox.sample'), kind: 'wide', render: (row) => <span className="mono two-lines"><Untrusted value={row.sample} /></span> },
    {
      key: 'actions',
      title: <span className="skip">{t('inbox.actions')}</span>,
      kind: 'min',
      render: (row) => (
        <span className="row tight">
          <Button size="small" type="primary" onClick={() => assign(row)}>{t('inbox.assign')}</Button>
          <Button size="small" danger onClick={() => discard(row)}>{t('inbox.discard')}</Button>
        </span>
      ),
    },
  ];
}

function Records({ group }: { group: string }) {
  const { t } = useTranslation();
  const records = useQuery(recordsQuery(group));
  if (records.error && !records.data) return <Failure error={records.error} retry={() => void records.refetch()} />;
  if (!records.data) return <Loading lines={3} />;
  if (records.data.items.length === 0) return <p className="soft">{t('inbox.noRecords')}</p>;
  return (
    <div className="inbox-records">
      <p className="row soft">{t('inbox.asParsed')} <Link to="/sources/parser" search={{ group }}>{t('source.try')}</Link></p>
      {records.data.items.map((record, i) => (
        <div key={i}>
          <span className="faint"><At at={record.received_at} fine /></span>
          <ParsedRecord raw={record.raw} fields={record.fields} steps={record.steps} open={i === 0} />
        </div>
      ))}
    </div>
  );
}

/** Senders that came with a token nobody has: they stand nowhere else. */
function Refused() {
  const { t, i18n } = useTranslation();
  const refused = useQuery({ ...refusedQuery, refetchInterval: refresh });
  if (!refused.data || refused.data.items.length === 0) return null;
  return (
    <section className="section">
      <h2>{t('inbox.refused')}</h2>
      <p className="soft">{t('inbox.refusedText')}</p>
      <DataTable
        label={t('inbox.refused')}
        columns={[
          { key: 'sender', title: t('inbox.sender'), kind: 'min', render: (row) => <code><Untrusted value={row.sender} /></code> },
          { key: 'hint', title: t('inbox.token'), kind: 'min', render: (row) => row.token_hint ? <code><Untrusted value={row.token_hint} />…</code> : <span className="faint">–</span> },
          { key: 'count', title: t('inbox.times'), kind: 'number', render: (row) => count(row.count, i18n.language) },
          { key: 'last', title: t('inbox.last'), kind: 'wide', render: (row) => <Ago at={row.last_at} /> },
        ]}
        rows={refused.data.items}
        rowKey={(row) => `${row.sender} ${row.token_hint}`}
        empty={null}
      />
    </section>
  );
}
