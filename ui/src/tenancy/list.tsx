import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Button } from 'antd';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type Tenant } from '../client';
import { useCan } from '../identity/session';
import { useHotkeys } from '../kit/hotkeys';
import { useIntent } from '../kit/intent';
import { count } from '../kit/number';
import { Page } from '../kit/page';
import { SearchField } from '../kit/search-field';
import { SideList } from '../kit/side-list';
import { Empty, Failure, Loading } from '../kit/states';
import { TenantPane } from './pane';
import { leadWidth, useTenantColumns } from './columns';
import { TenantEditor } from './editor';
import { picks, tenantsKey, type Order, type TenantsParams } from './params';
import { belongs, found, ordered, rowsOf } from './rows';

const route = getRouteApi('/shell/tenants');
const refresh = 30_000; // ms

/** Every customer with what a service manager looks at in the morning; each figure opens its rows. */
export function TenantList() {
  const { t, i18n } = useTranslation();
  const manage = useCan()('tenant.manage');
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const [editing, setEditing] = useState<Tenant | 'new'>();
  const list = useQuery({ queryKey: [...tenantsKey, 'list'], queryFn: ({ signal }) => ask(client.GET('/api/v1/tenants', { signal })) });
  const figures = useQuery({
    queryKey: [...tenantsKey, 'figures'],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/tenant-figures', { signal })),
    refetchInterval: refresh,
  });
  useIntent('tenant.new', () => setEditing('new'));
  const set = useCallback((change: TenantsParams) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true }), [navigate]);
  const search = useCallback((q: string) => set({ q: q || undefined }), [set]);
  const order = params.sort ?? 'critical';
  const up = params.dir === 'up';
  const sort = useCallback((next: Order) => set({
    sort: next === 'critical' ? undefined : next,
    dir: next === order && !up ? 'up' : undefined,
  }), [set, order, up]);
  const all = useMemo(() => list.data && rowsOf(list.data.items, figures.data?.items), [list.data, figures.data]);
  const rows = useMemo(
    () => all && ordered(all.filter((row) => found(row, params.q ?? '') && (!params.only || belongs[params.only](row))), order, up, i18n.language),
    [all, params.q, params.only, order, up, i18n.language],
  );
  const { lead, columns, narrow } = useTenantColumns(order, up, sort);
  const at = all?.find((row) => row.slug === params.at);
  useHotkeys(manage && at && !editing ? { e: { run: () => setEditing(at), what: t('tenancy.edit') } } : {});
  const error = list.error ?? figures.error;
  return (
    <Page
      fill
      title={t('tenancy.title')}
      count={rows && t('kit.items', { count: rows.length, shown: count(rows.length, i18n.language) })}
      actions={manage && <Button type="primary" onClick={() => setEditing('new')}>{t('tenancy.add')}</Button>}
    >
      <div className="row">
        <SearchField value={params.q ?? ''} onChange={search} label={t('tenancy.find')} />
        <div className="picks" role="group" aria-label={t('tenancy.only.label')}>
          {picks.map((pick) => {
            const n = all?.filter(belongs[pick]).length ?? 0;
            if (n === 0 && params.only !== pick) return null;
            return (
              <button key={pick} type="button" aria-pressed={params.only === pick} onClick={() => set({ only: params.only === pick ? undefined : pick })}>
                {t(`tenancy.only.${pick}`)} <b>{count(n, i18n.language)}</b>
              </button>
            );
          })}
        </div>
      </div>
      {error && <Failure error={error} retry={() => void Promise.all([list.refetch(), figures.refetch()])} />}
      {!rows && !error && <Loading lines={10} />}
      {rows?.length === 0 && (
        params.q || params.only
          ? <Empty title={t('tenancy.noneFound')}><Button size="small" onClick={() => set({ q: undefined, only: undefined })}>{t('kit.clearFilters')}</Button></Empty>
          : <Empty title={t('tenancy.none')}>{t('tenancy.noneText')}</Empty>
      )}
      {rows && rows.length > 0 && (
        <SideList
          name="tenants"
          label={t('tenancy.title')}
          paneLabel={t('tenancy.pane.label')}
          rows={rows}
          rowKey={slugOf}
          lead={lead}
          leadWidth={leadWidth}
          columns={columns}
          narrow={narrow}
          at={params.at}
          setAt={(slug) => set({ at: slug })}
          pane={(row) => <TenantPane row={row} edit={manage ? () => setEditing(row) : undefined} />}
        />
      )}
      {editing && <TenantEditor tenant={editing === 'new' ? undefined : editing} close={() => setEditing(undefined)} />}
    </Page>
  );
}

const slugOf = (row: Tenant) => row.slug;
