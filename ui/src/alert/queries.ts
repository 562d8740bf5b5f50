import { queryOptions } from '@tanstack/react-query';
import { ask, client } from '../client';

export const alertsKey = ['alerts'];

export function alertQuery(id: string) {
  return queryOptions({
    queryKey: ['alert', id],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/alerts/{id}', { params: { path: { id } }, signal })),
  });
}
