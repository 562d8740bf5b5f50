import { oneOf, text } from '../kit/params';

/** Under which the list of customers and their figures are kept. */
export const tenantsKey = ['tenants'];

export const orders = [
  'critical', 'high', 'medium', 'low', 'new', 'oldest', 'sources', 'silent', 'records', 'users', 'login', 'name', 'created',
] as const;
export type Order = (typeof orders)[number];
export const picks = ['new', 'silent', 'degraded', 'quiet', 'suspended'] as const;
export type Pick = (typeof picks)[number];

/** The list of customers as the URL has it. */
export interface TenantsParams {
  q?: string;
  /** Only those of which this is true. */
  only?: Pick;
  sort?: Order;
  /** The other way round than the column reads best. */
  dir?: 'up';
  /** The customer in the pane, by slug. */
  at?: string;
}

export function tenantsParams(search: Record<string, unknown>): TenantsParams {
  return {
    q: text(search.q, 200),
    only: oneOf(search.only, picks),
    sort: oneOf(search.sort, orders),
    dir: oneOf(search.dir, ['up']),
    at: text(search.at, 64),
  };
}
