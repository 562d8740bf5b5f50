import { queryOptions } from '@tanstack/react-query';
import { ask, client } from '../client';
import type { Draft } from './draft';
import type { ProposalsParams } from './params';
import type { ProposalDetail } from './types';

export const proposalsKey = ['parser-proposals'];
const most = 200; // proposals of a list

export function proposalsQuery(tenant: string | undefined, { state = 'open', source }: ProposalsParams) {
  return queryOptions({
    queryKey: [...proposalsKey, 'list', tenant, state, source],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/parser-proposals', { params: { query: { tenant, state, source, limit: most } }, signal })),
  });
}

export function proposalQuery(id: string) {
  return queryOptions({
    queryKey: [...proposalsKey, 'one', id],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/parser-proposals/{proposal}', { params: { path: { proposal: id } }, signal })),
    staleTime: 60_000,
  });
}

/** What comes of a proposal with changes; nothing is stored by asking. */
export function previewQuery({ id, version }: Pick<ProposalDetail, 'id' | 'version'>, draft: Draft) {
  return queryOptions({
    queryKey: [...proposalsKey, 'preview', id, version, draft],
    queryFn: ({ signal }) => ask(client.POST('/api/v1/parser-proposals/{proposal}/preview', { params: { path: { proposal: id } }, body: { corrections: draft.corrections, device: draft.device }, signal })),
    staleTime: Infinity,
    retry: false,
  });
}

export const eventFieldsQuery = queryOptions({
  queryKey: ['event-fields'],
  queryFn: ({ signal }) => ask(client.GET('/api/v1/event-fields', { signal })),
  staleTime: Infinity,
});

export function ownPackQuery(source: string) {
  return queryOptions({
    queryKey: ['own-pack', source],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/sources/{source}/own-pack', { params: { path: { source } }, signal })),
  });
}

export function templatesQuery(source: string) {
  return queryOptions({
    queryKey: ['own-pack', source, 'templates'],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/sources/{source}/templates', { params: { path: { source } }, signal })),
  });
}
