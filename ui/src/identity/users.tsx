import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Button } from 'antd';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type User } from '../client';
import { Choice } from '../kit/choice';
import { useHotkeys } from '../kit/hotkeys';
import { useIntent } from '../kit/intent';
import { count } from '../kit/number';
import { Page } from '../kit/page';
import { SearchField } from '../kit/search-field';
import { SideList } from '../kit/side-list';
import { Empty, Failure, Loading } from '../kit/states';
import { useScope } from '../tenancy/scope';
import { useCan } from './session';
import { leadWidth, useUserColumns } from './user-columns';
import { UserEditor } from './user-editor';
import { UserPane } from './user-pane';
import { filtered, ordered } from './user-rows';
import { roles, sides, states, usersKey, type Order, type UsersParams } from './users-params';

const route = getRouteApi('/shell/users');
const refresh = 30_000; // ms

/** Everybody who may log in: what they may do, and when they were last here. */
export function UserList() {
  const { t, i18n } = useTranslation();
  const manage = useCan()('user.manage');
  const { tenant } = useScope();
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const [editing, setEditing] = useState<User | 'new'>();
  useIntent('user.new', () => setEditing('new'));
  const list = useQuery({ queryKey: usersKey, queryFn: ({ signal }) => ask(client.GET('/api/v1/users', { signal })), refetchInterval: refresh });
  const set = useCallback((change: UsersParams) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true }), [navigate]);
  const search = useCallback((q: string) => set({ q: q || undefined }), [set]);
  const order = params.sort ?? 'name';
  const up = params.dir === 'up';
  const sort = useCallback((next: Order) => set({ sort: next === 'name' ? undefined : next, dir: next === order && !up ? 'up' : undefined }), [set, order, up]);
  const { q, side, role, state } = params;
  const rows = useMemo(
    () => list.data && ordered(filtered(list.data.items, { q, side, role, state }, tenant?.id), order, up, i18n.language),
    [list.data, q, side, role, state, tenant?.id, order, up, i18n.language],
  );
  const { lead, columns, narrow } = useUserColumns(order, up, sort);
  const at = list.data?.items.find(({ username }) => username === params.at);
  useHotkeys(manage && at && !editing ? { e: { run: () => setEditing(at), what: t('user.edit') } } : {});
  const clear = () => void navigate({ search: { } });
  return (
    <Page
      fill
      title={t('user.title')}
      count={rows && t('kit.items', { count: rows.length, shown: count(rows.length, i18n.language) })}
      actions={manage && <Button type="primary" onClick={() => setEditing('new')}>{t('user.add')}</Button>}
    >
      <div className="row">
        <SearchField value={q ?? ''} onChange={search} label={t('user.find')} />
        <Choice label={t('user.side.label')} any={t('user.side.any')} value={side} options={sides.map((each) => ({ value: each, label: t(`user.side.${each}`) }))} set={(next) => set({ side: next })} />
        <Choice label={t('user.role')} any={t('user.anyRole')} value={role} options={roles.map((each) => ({ value: each, label: t(`user.roles.${each}`) }))} set={(next) => set({ role: next })} />
        <Choice label={t('user.state.label')} any={t('user.state.any')} value={state} options={states.map((each) => ({ value: each, label: t(`user.state.${each}`) }))} set={(next) => set({ state: next })} />
      </div>
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {!rows && !list.error && <Loading lines={10} />}
      {rows?.length === 0 && <Empty title={t('user.none')}><Button size="small" onClick={clear}>{t('kit.clearFilters')}</Button></Empty>}
      {rows && rows.length > 0 && (
        <SideList
          name="users"
          label={t('user.title')}
          paneLabel={t('user.pane.label')}
          rows={rows}
          rowKey={nameOf}
          lead={lead}
          leadWidth={leadWidth}
          columns={columns}
          narrow={narrow}
          at={params.at}
          setAt={(username) => set({ at: username })}
          pane={(user) => <UserPane user={user} edit={manage ? () => setEditing(user) : undefined} />}
        />
      )}
      {editing && <UserEditor user={editing === 'new' ? undefined : editing} close={() => setEditing(undefined)} />}
    </Page>
  );
}

const nameOf = (user: User) => user.username;
