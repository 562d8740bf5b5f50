import { queryOptions } from '@tanstack/react-query';
import { ask, client, type View } from '../client';

export const viewsKey = ['views'];

/** All views of the person, of every page; there are few. */
export const viewsQuery = queryOptions({
  queryKey: viewsKey,
  queryFn: async ({ signal }) => (await ask(client.GET('/api/v1/views', { signal }))).items,
  staleTime: 60_000,
});

/** Own ones first, then what others share; by name. */
export function inOrder(views: View[], language: string): View[] {
  return [...views].sort((a, b) => Number(b.own) - Number(a.own) || a.name.localeCompare(b.name, language));
}

