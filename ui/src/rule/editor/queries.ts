import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { ask, client } from '../../client';

export function checkQuery(source: string) {
  return queryOptions({
    queryKey: ['rule-text', 'check', source],
    queryFn: ({ signal }) => ask(client.POST('/api/v1/rules/check', { body: { source }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 10_000, // a text while it is typed
  });
}

export function schemaQuery(of: { product?: string; category?: string; service?: string }) {
  return queryOptions({
    queryKey: ['rule-text', 'schema', of.product, of.category, of.service],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/rules/schema', { params: { query: of }, signal })),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
}

export function feedsQuery(source: string, tenant: string | undefined) {
  return queryOptions({
    queryKey: ['rule-text', 'feeds', source, tenant],
    queryFn: ({ signal }) => ask(client.POST('/api/v1/rules/feeds', { body: { source, tenant: tenant ?? '' }, signal })),
    staleTime: 60_000,
    gcTime: 60_000,
  });
}

export function samplesQuery(id: string) {
  return queryOptions({
    queryKey: ['rule', id, 'samples'],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/rules/{id}/samples', { params: { path: { id } }, signal })),
  });
}

export function standingQuery(id: string) {
  return queryOptions({
    queryKey: ['rule', id, 'standing'],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/rules/{id}/state', { params: { path: { id } }, signal })),
  });
}

export function versionsQuery(id: string) {
  return queryOptions({
    queryKey: ['rule', id, 'versions'],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/rules/{id}/versions', { params: { path: { id } }, signal })),
  });
}

export function diffQuery(id: string, from: number, to: number) {
  return queryOptions({
    queryKey: ['rule', id, 'diff', from, to],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/rules/{id}/diff', { params: { path: { id }, query: { from, to } }, signal })),
  });
}
