import { queryOptions } from '@tanstack/react-query';
import { ask, client } from '../client';
import { again, tries } from './why/queries';

export const alertsKey = ['alerts'];

export function alertQuery(id: string) {
  return queryOptions({
    queryKey: ['alert', id],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/alerts/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.data?.evidence.some(({ event }) => !event) && state.dataUpdateCount < tries ? again : false),
  });
}
