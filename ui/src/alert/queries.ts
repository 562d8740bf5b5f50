import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { ask, client } from '../client';
import { asQuery, type AlertParams } from './params';

export const alertsKey = ['alerts'];

export function alertsQuery(params: AlertParams, tenant: string | undefined) {
  const query = asQuery(params, tenant);
  return infiniteQueryOptions({
    queryKey: [...alertsKey, query],
    queryFn: ({ pageParam, signal }) =>
      ask(client.GET('/api/v1/alerts', { params: { query: { ...query, cursor: pageParam || undefined } }, signal })),
    initialPageParam: '',
    getNextPageParam: (page) => page.cursor || undefined,
  });
}

export function alertQuery(id: string) {
  return queryOptions({
    queryKey: ['alert', id],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/alerts/{id}', { params: { path: { id } }, signal })),
  });
}
