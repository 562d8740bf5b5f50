import { queryOptions } from '@tanstack/react-query';
import { ask, client } from '../../client';

// An alert is raised before its event is in the archive: what is not there yet is asked for again, a few times.
export const again = 1_500; // ms
export const tries = 6;

/** Why one firing came about; without an event the first that the archive still has. */
export function explainQuery(id: string, event: string | undefined) {
  return queryOptions({
    queryKey: ['alert', id, 'explain', event ?? ''],
    queryFn: ({ signal }) =>
      ask(client.GET('/api/v1/alerts/{id}/explain', { params: { path: { id }, query: { event } }, signal })),
    staleTime: 60_000,
    refetchInterval: ({ state }) => (state.data && !state.data.kept && state.dataUpdateCount < tries ? again : false),
  });
}
