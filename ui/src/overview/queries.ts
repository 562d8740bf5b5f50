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

export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: ({ signal }) => ask(client.GET('/api/v1/health', { signal })),
  refetchInterval: refresh,
});
