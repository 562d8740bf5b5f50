import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { User } from '../client';
import type { FittingColumn } from '../kit/side-list';
import { Ago } from '../kit/time';
import { TenantName } from '../tenancy/band';
import { roleOf, stateOf } from './user-rows';
import type { Order } from './users-params';

export const leadWidth = 150; // px
const tones = { active: 'good', disabled: 'bad', slowed: 'warn', never: '' } as const;
const signs = { active: '✓', disabled: '✕', slowed: '!', never: '○' } as const;

/** Whether a user can work, by colour, sign and word. */
export function UserState({ user }: { user: User }) {
  const { t } = useTranslation();
  const state = stateOf(user);
  return <span className={`tag ${tones[state]}`} title={t(`user.stateText.${state}`)}>{signs[state]} {t(`user.state.${state}`)}</span>;
}

/** Whose data a user sees: all customers, one, or one and how many others. */
export function UserScope({ user }: { user: User }) {
  const { t } = useTranslation();
  const [first, ...others] = user.tenants;
  if (user.role !== '') return <span className="soft">{t('shell.tenant.all')}</span>;
  if (!first) return <span className="faint">–</span>;
  return <span className="states"><TenantName id={first.id} />{others.length > 0 && <span className="faint">{t('user.others', { count: others.length })}</span>}</span>;
}

export function useUserColumns(order: Order, up: boolean, sort: (order: Order) => void) {
  const { t } = useTranslation();
  return useMemo(() => {
    const sorts = (key: Order) => ({
      sort: order !== key ? 'none' as const : (key === 'login' || key === 'created') === up ? 'ascending' as const : 'descending' as const,
      onSort: () => sort(key),
    });
    const role = (user: User) => t(`user.roles.${roleOf(user)}`);
    const columns: FittingColumn<User>[] = [
      { key: 'username', title: t('user.username'), width: 170, rank: 1, ...sorts('username'), render: (user) => <code className="clip">{user.username}</code> },
      { key: 'side', title: t('user.side.label'), width: 90, rank: 7, render: (user) => <span className="soft">{t(user.role === '' ? 'user.side.customer' : 'user.side.provider')}</span> },
      { key: 'role', title: t('user.role'), width: 130, rank: 2, ...sorts('role'), render: role },
      { key: 'scope', title: t('user.scope'), width: 210, rank: 4, render: (user) => <UserScope user={user} /> },
      { key: 'state', title: t('user.state.label'), width: 116, rank: 0, render: (user) => <UserState user={user} /> },
      { key: 'login', title: t('user.login'), width: 110, rank: 3, ...sorts('login'), render: (user) => <Ago at={user.last_login_at} /> },
      { key: 'from', title: t('user.loginFrom'), width: 150, rank: 5, render: (user) => user.last_login_from ? <code>{user.last_login_from}</code> : <span className="faint">–</span> },
      { key: 'created', title: t('kit.created'), width: 110, rank: 6, ...sorts('created'), render: (user) => <span className="soft"><Ago at={user.created_at} /></span> },
    ];
    return {
      lead: { key: 'name', title: t('user.name'), ...sorts('name'), render: (user: User) => <span className="clip" title={user.name}>{user.name}</span> },
      columns,
      narrow: (user: User) => (
        <span className="lines">
          <span><b className="clip">{user.name}</b><code className="clip soft">{user.username}</code><span className="grow" /><UserState user={user} /></span>
          <span className="soft"><span className="nowrap">{role(user)}</span><UserScope user={user} /><span className="grow" /><Ago at={user.last_login_at} /></span>
        </span>
      ),
    };
  }, [t, order, up, sort]);
}
