import { queryOptions } from '@tanstack/react-query';
import { ask, client, type Demo } from '../client';

const soon = 2_000;

/** How far the demonstration is; asked again and again while it moves. */
export const demoQuery = queryOptions({
  queryKey: ['demo'],
  queryFn: ({ signal }) => ask(client.GET('/api/v1/demo', { signal })),
  staleTime: 10_000,
  refetchInterval: ({ state }) => (state.data && moves(state.data) ? soon : false),
});

export function moves(demo: Demo): boolean {
  return demo.phase === 'running' || demo.phase === 'removing';
}
