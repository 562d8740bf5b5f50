import { oneOf } from '../kit/params';
import { isBound, type Range } from '../kit/time-range';

export const orders = ['severity', 'name', 'risk', 'new', 'oldest', 'ingest', 'silent'] as const;
export type Order = (typeof orders)[number];

/** What the overview shows, as the URL has it: the time of its charts and tops, and the order of customers. */
export interface OverviewParams {
  from?: string;
  to?: string;
  sort?: Order;
}

export const defaultRange: Range = { from: 'now-24h', to: 'now' };

export function overviewParams(search: Record<string, unknown>): OverviewParams {
  return {
    from: isBound(search.from) ? search.from : undefined,
    to: isBound(search.to) ? search.to : undefined,
    sort: oneOf(search.sort, orders),
  };
}

export function rangeOf({ from, to }: OverviewParams): Range {
  if (!from && !to) return defaultRange;
  return { from: from ?? '', to: to ?? 'now' };
}
