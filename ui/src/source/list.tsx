import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FreshSource, Membership, Source } from '../client';
import { useCan } from '../identity/session';
import { DataTable, type Column } from '../kit/data-table';
import { count, share } from '../kit/number';
import { Page } from '../kit/page';
import { Empty } from '../kit/states';
import { Ago } from '../kit/time';
import { ChooseTenant } from '../tenancy/choose';
import { useScope } from '../tenancy/scope';
import { SourceEditor } from './editor';
import { useKindName } from './kinds';
import { sourcesQuery } from './queries';
import { TokenDialog } from './token-dialog';

const route = getRouteApi('/shell/sources');
const refresh = 10_000; // ms

export function SourceList() {
  const { t } = useTranslation();
  const { tenant } = useScope();
  if (!tenant) return <Page title={t('source.title')}><ChooseTenant /></Page>;
  return <OfTenant key={tenant.id} tenant={tenant} />;
}

function OfTenant({ tenant }: { tenant: Membership }) {
  const { t } = useTranslation();
  const can = useCan();
  const { edit } = route.useSearch();
  const navigate = route.useNavigate();
  const [fresh, setFresh] = useState<FreshSource>();
  const list = useQuery({ ...sourcesQuery(tenant.id), refetchInterval: refresh });
  const show = (id: string | undefined) => void navigate({ search: (before) => ({ ...before, edit: id }) });
  const manage = can('source.manage');
  const edited = list.data?.items.find((source) => source.id === edit);
  return (
    <Page
      title={t('source.title')}
      count={list.data && t('kit.items', { count: list.data.items.length, shown: list.data.items.length })}
      actions={manage && <Button type="primary" onClick={() => show('new')}>{t('source.add')}</Button>}
    >
      <DataTable
        label={t('source.title')}
        columns={useColumns()}
        rows={list.data?.items}
        rowKey={(row) => row.id}
        error={list.error}
        retry={() => void list.refetch()}
        open={manage ? (row) => show(row.id) : undefined}
        empty={<Empty title={t('source.none')}>{t('source.noneText')}</Empty>}
      />
      {manage && (edit === 'new' || edited) && (
        <SourceEditor
          key={edit}
          tenant={tenant}
          source={edited}
          close={() => show(undefined)}
          issued={(source) => {
            setFresh(source);
            show(undefined);
          }}
        />
      )}
      {fresh && <TokenDialog source={fresh} close={() => setFresh(undefined)} />}
    </Page>
  );
}

function useColumns(): Column<Source>[] {
  const { t, i18n } = useTranslation();
  const kindName = useKindName();
  return [
    {
      key: 'name',
      title: t('source.name'),
      kind: 'wide',
      render: (row) => <>{row.name} {row.disabled && <span className="tag">{t('source.disabled')}</span>}</>,
    },
    { key: 'kind', title: t('source.kind'), kind: 'min', render: (row) => kindName(row.kind) },
    {
      key: 'seen',
      title: t('source.lastSeen'),
      kind: 'min',
      render: (row) => row.last_seen ? <Ago at={row.last_seen} /> : <span className="tag warn">{t('source.never')}</span>,
    },
    { key: 'records', title: t('source.records'), kind: 'number', wideOnly: true, render: (row) => count(row.records, i18n.language) },
    {
      key: 'unparsed',
      title: t('source.unparsed'),
      kind: 'number',
      wideOnly: true,
      render: (row) => row.unparsed > 0 ? <>{count(row.unparsed, i18n.language)} <span className="faint">({share(row.unparsed, row.records)})</span></> : '0',
    },
    { key: 'senders', title: t('source.senders'), wideOnly: true, render: (row) => <code>{row.senders.join(' ')}{row.port > 0 && ` :${row.port}`}</code> },
    { key: 'token', title: t('source.token'), kind: 'min', wideOnly: true, render: (row) => <code>{row.token_hint}…</code> },
  ];
}
