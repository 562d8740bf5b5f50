import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type Tenant } from '../client';
import { useCan } from '../identity/session';
import { DemoTag } from '../demo/tag';
import { DataTable, type Column } from '../kit/data-table';
import { useIntent } from '../kit/intent';
import { count } from '../kit/number';
import { Page } from '../kit/page';
import { Empty } from '../kit/states';
import { Ago } from '../kit/time';
import { TenantMark } from './band';
import { TenantEditor } from './editor';

export const tenantsKey = ['tenants'];

export function TenantList() {
  const { t } = useTranslation();
  const can = useCan();
  const [editing, setEditing] = useState<Tenant | 'new'>();
  const list = useQuery({ queryKey: tenantsKey, queryFn: ({ signal }) => ask(client.GET('/api/v1/tenants', { signal })) });
  const manage = can('tenant.manage');
  useIntent('tenant.new', () => setEditing('new'));
  return (
    <Page
      title={t('tenancy.title')}
      count={list.data && t('kit.items', { count: list.data.items.length, shown: list.data.items.length })}
      actions={manage && <Button type="primary" onClick={() => setEditing('new')}>{t('tenancy.add')}</Button>}
    >
      <DataTable
        label={t('tenancy.title')}
        columns={useColumns()}
        rows={list.data?.items}
        rowKey={(row) => row.id}
        error={list.error}
        retry={() => void list.refetch()}
        open={manage ? setEditing : undefined}
        empty={<Empty title={t('tenancy.none')}>{t('tenancy.noneText')}</Empty>}
      />
      {editing && <TenantEditor tenant={editing === 'new' ? undefined : editing} close={() => setEditing(undefined)} />}
    </Page>
  );
}

function useColumns(): Column<Tenant>[] {
  const { t, i18n } = useTranslation();
  return [
    {
      key: 'name',
      title: t('tenancy.name'),
      kind: 'wide',
      render: (row) => <span className="tenant-name"><TenantMark id={row.id} name={row.name} />{row.name}{row.demo && <DemoTag />}</span>,
    },
    { key: 'slug', title: t('tenancy.slug'), kind: 'min', render: (row) => <code>{row.slug}</code> },
    {
      key: 'state',
      title: t('tenancy.state'),
      kind: 'min',
      render: (row) => <span className={`tag ${row.state === 'active' ? 'good' : 'warn'}`}>{t(`tenancy.states.${row.state}`)}</span>,
    },
    { key: 'retention', title: t('tenancy.retention'), kind: 'number', wideOnly: true, render: (row) => t('tenancy.days', { count: row.retention_days }) },
    {
      key: 'rate',
      title: t('tenancy.rate'),
      kind: 'number',
      wideOnly: true,
      render: (row) => row.events_per_second > 0 ? count(row.events_per_second, i18n.language) : <span className="faint">{t('tenancy.defaultRate')}</span>,
    },
    { key: 'created', title: t('kit.created'), kind: 'min', wideOnly: true, render: (row) => <Ago at={row.created_at} /> },
    {
      key: 'go',
      title: '',
      kind: 'min',
      render: (row) => (
        <span className="row">
          <Link to="/alerts" search={{ tenant: row.slug }}>{t('shell.nav.alerts')}</Link>
          <Link to="/sources" search={{ tenant: row.slug }}>{t('shell.nav.sources')}</Link>
        </span>
      ),
    },
  ];
}
