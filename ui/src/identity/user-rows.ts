import type { User } from '../client';
import { readings } from '../kit/fuzzy';
import { roles, type Order, type Role, type State, type UsersParams } from './users-params';

export function roleOf(user: User): Role {
  return user.role === '' ? 'customer_viewer' : user.role;
}

/** What keeps a user from working, if anything: no more than one, the gravest. */
export function stateOf(user: User): State {
  if (user.disabled) return 'disabled';
  if (user.slowed_until) return 'slowed';
  return user.last_login_at ? 'active' : 'never';
}

/** The users that the filters leave; tenant is the id of the customer chosen, whom the provider's staff see anyway. */
export function filtered(users: User[], { q = '', side, role, state }: UsersParams, tenant: string | undefined): User[] {
  const text = q.trim().toLowerCase();
  return users.filter((user) =>
    (tenant === undefined || user.role !== '' || user.tenants.some(({ id }) => id === tenant))
    && (side === undefined || (user.role !== '') === (side === 'provider'))
    && (role === undefined || roleOf(user) === role)
    && (state === undefined || stateOf(user) === state)
    && (text === '' || `${user.name}\n${user.username}\n${user.last_login_from}\n${readings(user.name)}`.toLowerCase().includes(text)));
}

function late(a: string | null | undefined, b: string | null | undefined): number {
  if (!a || !b) return Number(!a) - Number(!b);
  return a < b ? 1 : a > b ? -1 : 0;
}

const comparisons: Record<Order, (a: User, b: User) => number> = {
  name: () => 0,
  username: (a, b) => (a.username < b.username ? -1 : 1),
  role: (a, b) => roles.indexOf(roleOf(a)) - roles.indexOf(roleOf(b)),
  login: (a, b) => late(a.last_login_at, b.last_login_at),
  created: (a, b) => late(a.created_at, b.created_at),
};

/** Users in the order of a column as it reads best, or the other way round; equal ones by name. */
export function ordered(users: User[], order: Order, up: boolean, language: string): User[] {
  const compare = comparisons[order];
  const names = new Intl.Collator(language);
  const way = up ? -1 : 1;
  return [...users].sort((a, b) => way * compare(a, b) || (order === 'name' ? way : 1) * names.compare(a.name, b.name) || (a.username < b.username ? -1 : 1));
}
