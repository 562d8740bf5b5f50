import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { ask, client } from '../client';
import type { RuleParams } from './params';

export const packsKey = ['packs'];
export const rulesKey = ['rules'];

export function rulesQuery(params: RuleParams) {
  return infiniteQueryOptions({
    queryKey: [...rulesKey, params],
    queryFn: ({ pageParam, signal }) =>
      ask(client.GET('/api/v1/rules', { params: { query: { ...params, limit: 100, cursor: pageParam || undefined } }, signal })),
    initialPageParam: '',
    getNextPageParam: (page) => page.cursor || undefined,
  });
}

export function ruleQuery(id: string) {
  return queryOptions({
    queryKey: ['rule', id],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/rules/{id}', { params: { path: { id } }, signal })),
  });
}

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
