import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Button, Segmented, Select } from 'antd';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { Alert } from '../client';
import { DataTable, type Column } from '../kit/data-table';
import { count } from '../kit/number';
import { Page } from '../kit/page';
import { SearchField } from '../kit/search-field';
import { levels, Severity } from '../kit/severity';
import { Empty } from '../kit/states';
import { Ago } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { useRuleWords } from '../rule/words';
import { TenantName } from '../tenancy/band';
import { useScope } from '../tenancy/scope';
import { Entities } from './entities';
import { chosenLevels, views, type AlertParams } from './params';
import { alertsQuery } from './queries';
import { StateTag } from './state';

const route = getRouteApi('/shell/alerts');
const refresh = 15_000; // ms; a list that is looked at stays current

export function AlertList() {
  const { t, i18n } = useTranslation();
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const { tenant } = useScope();
  const list = useInfiniteQuery({ ...alertsQuery(params, tenant?.id), refetchInterval: refresh });
  const columns = useColumns(tenant === undefined);
  const first = list.data?.pages[0];
  const filtered = Boolean(params.level ?? params.q ?? params.rule) || (params.state ?? 'open') !== 'all';
  return (
    <Page title={t('alert.title')} count={first && t('kit.rows', { count: first.total, shown: count(first.total, i18n.language) })}>
      <Filters />
      <DataTable
        label={t('alert.title')}
        columns={columns}
        rows={list.data?.pages.flatMap((page) => page.items)}
        rowKey={(row) => row.id}
        error={list.error}
        retry={() => void list.refetch()}
        open={(row) => void navigate({ to: '/alerts/$id', params: { id: row.id } })}
        more={{ has: list.hasNextPage, busy: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
        empty={
          <Empty title={t(filtered ? 'alert.noneFiltered' : 'alert.none')}>
            {filtered
              ? <Button size="small" onClick={() => void navigate({ search: { tenant: tenant?.slug, state: 'all' } })}>{t('alert.showAll')}</Button>
              : t('alert.noneText')}
          </Empty>
        }
      />
    </Page>
  );
}

function Filters() {
  const { t } = useTranslation();
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const set = useCallback(
    (change: AlertParams) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true }),
    [navigate],
  );
  const find = useCallback((q: string) => set({ q: q || undefined }), [set]);
  return (
    <div className="row">
      <Segmented
        value={params.state ?? 'open'}
        onChange={(state) => set({ state: state === 'open' ? undefined : state })}
        options={views.map((view) => ({ value: view, label: t(`alert.view.${view}`) }))}
      />
      <Select
        mode="multiple"
        className="level-filter"
        allowClear
        aria-label={t('alert.level')}
        placeholder={t('alert.anyLevel')}
        value={chosenLevels(params)}
        onChange={(chosen) => set({ level: chosen.join(',') || undefined })}
        options={levels.map((level) => ({ value: level, label: <Severity level={level} /> }))}
        maxTagCount="responsive"
        showSearch={false}
      />
      <SearchField value={params.q ?? ''} onChange={find} label={t('alert.find')} />
      {params.rule && (
        <Button size="small" onClick={() => set({ rule: undefined })}>{t('alert.oneRule')} ✕</Button>
      )}
    </div>
  );
}

function useColumns(manyTenants: boolean): Column<Alert>[] {
  const { t, i18n } = useTranslation();
  const words = useRuleWords();
  const columns: Column<Alert>[] = [
    { key: 'level', title: t('alert.level'), kind: 'min', render: (row) => <Severity level={row.rule.level} /> },
    {
      key: 'title',
      title: t('alert.alert'),
      kind: 'wide',
      render: (row) => (
        <>
          <Link to="/alerts/$id" params={{ id: row.id }}><Untrusted value={words.title(row.rule)} /></Link>
          <Entities alert={row} />
          <span className="row narrow-only">
            <StateTag state={row.state} verdict={row.verdict} />
            {manyTenants && <TenantName id={row.tenant} />}
            <span className="soft"><Ago at={row.last_at} /></span>
          </span>
        </>
      ),
    },
  ];
  if (manyTenants) {
    columns.push({ key: 'tenant', title: t('kit.tenant'), kind: 'min', wideOnly: true, render: (row) => <TenantName id={row.tenant} /> });
  }
  columns.push(
    { key: 'state', title: t('alert.stateTitle'), kind: 'min', wideOnly: true, render: (row) => <StateTag state={row.state} verdict={row.verdict} /> },
    { key: 'count', title: t('alert.count'), kind: 'number', wideOnly: true, render: (row) => count(row.count, i18n.language) },
    { key: 'last', title: t('alert.last'), kind: 'min', wideOnly: true, render: (row) => <Ago at={row.last_at} /> },
    { key: 'first', title: t('alert.first'), kind: 'min', wideOnly: true, render: (row) => <Ago at={row.first_at} /> },
  );
  return columns;
}
