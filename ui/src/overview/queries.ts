import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { ask, client } from '../client';
import type { Range } from '../kit/time-range';

export const overviewKey = ['overview'];
const refresh = 20_000; // ms; what comes live only makes it sooner
const often = { refetchInterval: refresh, placeholderData: keepPreviousData } as const;

export function overviewQuery(tenant: string | undefined) {
  return queryOptions({
    queryKey: [...overviewKey, 'changes', tenant],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/overview', { params: { query: { tenant } }, signal })),
    ...often,
  });
}

export function statsQuery(tenant: string | undefined, { from, to }: Range, buckets: number) {
  const query = { tenant, from: from || undefined, to: to || undefined, buckets };
  return queryOptions({
    queryKey: [...overviewKey, 'stats', query],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/alerts/stats', { params: { query }, signal })),
    ...often,
  });
}

/** Open alerts of the caller's, or of nobody's, the riskiest first. */
export function queueQuery(tenant: string | undefined, assignee: 'me' | 'none', limit: number) {
  const query = { tenant, state: 'open', sort: 'risk', assignee, limit } as const;
  return queryOptions({
    queryKey: [...overviewKey, 'queue', query],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/alerts', { params: { query }, signal })),
    ...often,
  });
}

export function sourcesQuery(tenant: string | undefined) {
  return queryOptions({
    queryKey: [...overviewKey, 'sources', tenant],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/sources', { params: { query: { tenant, limit: 2000 } }, signal })),
    ...often,
  });
}

/** What silent sources cost: rules that see nothing. */
export function lostQuery(tenant: string | undefined) {
  return queryOptions({
    queryKey: [...overviewKey, 'lost', tenant],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/coverage', { params: { query: { tenant } }, signal })),
    ...often,
    refetchInterval: 60_000,
  });
}

/** Records over time, as the archive has them. */
export function ingestQuery(tenant: string | undefined, { from, to }: Range, buckets: number) {
  const body = { query: '*', from, to, tenants: tenant ? [tenant] : undefined, buckets };
  return queryOptions({
    queryKey: [...overviewKey, 'ingest', body],
    queryFn: ({ signal }) => ask(client.POST('/api/v1/search/histogram', { body, signal })),
    ...often,
    refetchInterval: 60_000,
  });
}

const hour = 3600e3; // ms

/** The records of the last hour by customer, and the very hour, so that a search finds the same ones. */
export function hourQuery(tenant: string | undefined) {
  return queryOptions({
    queryKey: [...overviewKey, 'hour', tenant],
    queryFn: async ({ signal }) => {
      const to = new Date();
      const span = { from: new Date(to.getTime() - hour).toISOString(), to: to.toISOString() };
      const body = { ...span, query: '* | stats by (isoc.tenant.id) count() records', tenants: tenant ? [tenant] : undefined, limit: 1000, order: 'newest' as const };
      const found = await ask(client.POST('/api/v1/search', { body, signal }));
      return { ...span, records: new Map(found.events.map((row) => [String(row['isoc.tenant.id']), Number(row['records'])])) };
    },
    ...often,
    refetchInterval: 60_000,
  });
}

export type Hour = Awaited<ReturnType<NonNullable<ReturnType<typeof hourQuery>['queryFn']>>>;

export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: ({ signal }) => ask(client.GET('/api/v1/health', { signal })),
  refetchInterval: refresh,
});
