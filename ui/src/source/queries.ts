import { queryOptions } from '@tanstack/react-query';
import { ask, client } from '../client';
import type { SourceParams } from './params';

export function sourcesQuery(tenant: string) {
  return queryOptions({
    queryKey: ['sources', tenant],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/tenants/{tenant}/sources', { params: { path: { tenant } }, signal })),
  });
}

export function allSourcesQuery(query: { tenant?: string; state?: string; q?: string }) {
  return queryOptions({
    queryKey: ['sources', 'all', query],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/sources', { params: { query: { ...query, series: '1h', limit: 2000 } }, signal })),
  });
}

export function sourceQuery(tenant: string, source: string) {
  return queryOptions({
    queryKey: ['sources', tenant, source],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/tenants/{tenant}/sources/{source}', { params: { path: { tenant, source } }, signal })),
  });
}

export function seriesQuery(tenant: string, source: string, span: NonNullable<SourceParams['span']>) {
  return queryOptions({
    queryKey: ['sources', tenant, source, 'series', span],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/tenants/{tenant}/sources/{source}/series', { params: { path: { tenant, source }, query: { span } }, signal })),
  });
}

export function latestQuery(tenant: string, source: string, limit: number) {
  return queryOptions({
    queryKey: ['sources', tenant, source, 'latest', limit],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/tenants/{tenant}/sources/{source}/latest', { params: { path: { tenant, source }, query: { limit } }, signal })),
  });
}

/** What rests on each source: rules that see nothing while it is silent. */
export function restingQuery(tenant: string | undefined) {
  return queryOptions({
    queryKey: ['sources', 'resting', tenant],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/coverage', { params: { query: { tenant, of: 'all' } }, signal })),
    staleTime: 300_000,
    refetchInterval: 300_000,
  });
}

export function coverageQuery(tenant: string, source: string, seen: string | undefined) {
  return queryOptions({
    queryKey: ['sources', tenant, source, 'coverage', seen?.slice(0, 13)], // what came within the hour changes little
    queryFn: ({ signal }) => ask(client.GET('/api/v1/tenants/{tenant}/sources/{source}/coverage', { params: { path: { tenant, source } }, signal })),
    staleTime: 300_000,
  });
}
