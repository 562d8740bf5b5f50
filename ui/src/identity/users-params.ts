import { oneOf, text } from '../kit/params';

/** Under which the users are kept. */
export const usersKey = ['users'];

export const sides = ['provider', 'customer'] as const;
export const roles = ['provider_admin', 'provider_analyst', 'customer_viewer'] as const;
export type Role = (typeof roles)[number];
export const states = ['active', 'disabled', 'slowed', 'never'] as const;
export type State = (typeof states)[number];
export const orders = ['name', 'username', 'role', 'login', 'created'] as const;
export type Order = (typeof orders)[number];

/** The list of users as the URL has it; the customer is the switcher's. */
export interface UsersParams {
  q?: string;
  side?: (typeof sides)[number];
  role?: Role;
  state?: State;
  sort?: Order;
  /** The other way round than the column reads best. */
  dir?: 'up';
  /** The user in the pane, by user name. */
  at?: string;
}

export function usersParams(search: Record<string, unknown>): UsersParams {
  return {
    q: text(search.q, 200),
    side: oneOf(search.side, sides),
    role: oneOf(search.role, roles),
    state: oneOf(search.state, states),
    sort: oneOf(search.sort, orders),
    dir: oneOf(search.dir, ['up']),
    at: text(search.at, 64),
  };
}
