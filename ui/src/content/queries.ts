import { queryOptions } from '@tanstack/react-query';
import { ask, client } from '../client';

export const packsKey = ['packs'];
export const keysKey = ['packs', 'keys'];
export const feedsKey = ['packs', 'feeds'];

export const packsQuery = queryOptions({
  queryKey: packsKey,
  queryFn: ({ signal }) => ask(client.GET('/api/v1/content/packs', { signal })),
});

export function packQuery(pack: string) {
  return queryOptions({
    queryKey: [...packsKey, pack],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/content/packs/{pack}', { params: { path: { pack } }, signal })),
  });
}

/** What putting a version in force would change. */
export function diffQuery(pack: string, base: string | undefined) {
  return queryOptions({
    queryKey: [...packsKey, pack, 'diff', base],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/content/packs/{pack}/diff', { params: { path: { pack }, query: { base } }, signal })),
  });
}

export function diffTextQuery(pack: string, base: string | undefined, rule: string) {
  return queryOptions({
    queryKey: [...packsKey, pack, 'diff', base, rule],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/content/packs/{pack}/diff/text', { params: { path: { pack }, query: { base, rule } }, signal })),
    staleTime: Infinity, // versions never change
  });
}

export const keysQuery = queryOptions({
  queryKey: keysKey,
  queryFn: ({ signal }) => ask(client.GET('/api/v1/content/keys', { signal })),
});

export const feedsQuery = queryOptions({
  queryKey: feedsKey,
  queryFn: ({ signal }) => ask(client.GET('/api/v1/content/feeds', { signal })),
});
