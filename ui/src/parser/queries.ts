import { queryOptions } from '@tanstack/react-query';
import { ask, client } from '../client';

export function parsersQuery(tenant: string | undefined) {
  return queryOptions({
    queryKey: ['parsers', tenant],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/parsers', { params: { query: { tenant } }, signal })),
  });
}

export function parserQuery(id: string, tenant: string | undefined) {
  return queryOptions({
    queryKey: ['parsers', tenant, id],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/parsers/{id}', { params: { path: { id }, query: { tenant } }, signal })),
  });
}
