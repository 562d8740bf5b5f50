import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { ask, client, type Exception } from '../client';
import { exceptionsKey } from './params';

const page = 500;
const most = 5000;
const refresh = 10_000; // ms; hits are written every few seconds

export interface Wanted {
  tenant?: string;
  q?: string;
  state?: string;
  rule?: string;
}

/** All exceptions that fit, the newest first. */
export function listQuery({ tenant, q, state, rule }: Wanted) {
  return queryOptions({
    queryKey: [...exceptionsKey, tenant, q, state, rule],
    queryFn: async ({ signal }) => {
      const all: Exception[] = [];
      for (let cursor: string | undefined; ;) {
        const got = await ask(client.GET('/api/v1/exceptions', { params: { query: { tenant, q, state, rule, limit: page, cursor } }, signal }));
        all.push(...got.items);
        if (got.cursor === '' || all.length >= most) return all;
        cursor = got.cursor;
      }
    },
    placeholderData: keepPreviousData,
    refetchInterval: refresh,
  });
}

export function draftQuery(alert: string) {
  return queryOptions({
    queryKey: ['exception-draft', alert],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/alerts/{id}/exception-draft', { params: { path: { id: alert } }, signal })),
    staleTime: 60_000,
  });
}

export interface Asked {
  tenant: string;
  rule: string;
  query: string;
  days: number;
}

export function impactQuery(asked: Asked) {
  return queryOptions({
    queryKey: ['exception-impact', asked],
    queryFn: ({ signal }) => ask(client.POST('/api/v1/exceptions/preview', { body: asked, signal })),
    staleTime: 60_000,
    retry: false,
  });
}
