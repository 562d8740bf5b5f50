import { queryOptions } from '@tanstack/react-query';
import { ask, client } from '../client';

export function sourcesQuery(tenant: string) {
  return queryOptions({
    queryKey: ['sources', tenant],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/tenants/{tenant}/sources', { params: { path: { tenant } }, signal })),
  });
}
