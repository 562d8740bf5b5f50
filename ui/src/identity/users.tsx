import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type User } from '../client';
import { DataTable, type Column } from '../kit/data-table';
import { useIntent } from '../kit/intent';
import { Page } from '../kit/page';
import { Empty } from '../kit/states';
import { Ago } from '../kit/time';
import { TenantName } from '../tenancy/band';
import { useCan } from './session';
import { UserEditor } from './user-editor';

export const usersKey = ['users'];

export function UserList() {
  const { t } = useTranslation();
  const can = useCan();
  const [editing, setEditing] = useState<User | 'new'>();
  useIntent('user.new', () => setEditing('new'));
  const list = useQuery({ queryKey: usersKey, queryFn: ({ signal }) => ask(client.GET('/api/v1/users', { signal })) });
  return (
    <Page
      title={t('user.title')}
      count={list.data && t('kit.items', { count: list.data.items.length, shown: list.data.items.length })}
      actions={can('user.manage') && <Button type="primary" onClick={() => setEditing('new')}>{t('user.add')}</Button>}
    >
      <DataTable
        label={t('user.title')}
        columns={useColumns()}
        rows={list.data?.items}
        rowKey={(row) => row.id}
        error={list.error}
        retry={() => void list.refetch()}
        open={setEditing}
        empty={<Empty title={t('user.none')} />}
      />
      {editing && <UserEditor user={editing === 'new' ? undefined : editing} close={() => setEditing(undefined)} />}
    </Page>
  );
}

function useColumns(): Column<User>[] {
  const { t } = useTranslation();
  return [
    {
      key: 'username',
      title: t('user.username'),
      kind: 'min',
      render: (row) => <>{row.username} {row.disabled && <span className="tag warn">{t('user.disabled')}</span>}</>,
    },
    { key: 'name', title: t('user.name'), kind: 'wide', render: (row) => row.name },
    { key: 'role', title: t('user.role'), kind: 'min', render: (row) => t(`user.roles.${row.role || 'customer_viewer'}`) },
    {
      key: 'tenants',
      title: t('user.tenants'),
      wideOnly: true,
      render: (row) => row.role
        ? <span className="faint">{t('shell.tenant.all')}</span>
        : <span className="row">{row.tenants.map((each) => <TenantName key={each.id} id={each.id} />)}</span>,
    },
    { key: 'created', title: t('kit.created'), kind: 'min', wideOnly: true, render: (row) => <Ago at={row.created_at} /> },
  ];
}
