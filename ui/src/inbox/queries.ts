import { queryOptions } from '@tanstack/react-query';
import { ask, client } from '../client';

export const inboxKey = ['inbox'];

export const inboxQuery = queryOptions({
  queryKey: inboxKey,
  queryFn: ({ signal }) => ask(client.GET('/api/v1/inbox', { signal })),
});

export const refusedQuery = queryOptions({
  queryKey: [...inboxKey, 'refused'],
  queryFn: ({ signal }) => ask(client.GET('/api/v1/inbox-refused', { signal })),
});

export function recordsQuery(group: string) {
  return queryOptions({
    queryKey: [...inboxKey, 'records', group],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/inbox/{group}/records', { params: { path: { group }, query: { limit: 20 } }, signal })),
  });
}
