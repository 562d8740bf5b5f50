import { queryOptions } from '@tanstack/react-query';
import { ask, client } from '../../client';

/** Why one firing came about; without an event the first that the archive still has. */
export function explainQuery(id: string, event: string | undefined) {
  return queryOptions({
    queryKey: ['alert', id, 'explain', event ?? ''],
    queryFn: ({ signal }) =>
      ask(client.GET('/api/v1/alerts/{id}/explain', { params: { path: { id }, query: { event } }, signal })),
    staleTime: 60_000,
  });
}
