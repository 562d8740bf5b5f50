import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { ask, client } from '../client';
import type { RuleQuery } from './params';

export const rulesKey = ['rules'];
export const pageSize = 200; // rules fetched at once
const refresh = 60_000; // ms

export function rulesQuery(query: RuleQuery, page: number) {
  return queryOptions({
    queryKey: [...rulesKey, query, page],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/rules', { params: { query: { ...query, limit: pageSize, offset: page * pageSize } }, signal })),
    refetchInterval: refresh,
    staleTime: 15_000,
    placeholderData: page === 0 ? keepPreviousData : undefined,
  });
}

export function ruleQuery(id: string, tenant?: string) {
  return queryOptions({
    queryKey: ['rule', id, tenant],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/rules/{id}', { params: { path: { id }, query: { tenant } }, signal })),
  });
}

/** How the alerts of a rule lie over time, and what they are about. */
export function ruleStatsQuery(rule: string, tenant: string | undefined) {
  const query = { rule, tenant, from: 'now-30d', buckets: 60 };
  return queryOptions({
    queryKey: ['rule', rule, tenant, 'stats'],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/alerts/stats', { params: { query }, signal })),
    staleTime: 30_000,
  });
}

/** The customers whose alerts are of a rule. */
export function ruleTenantsQuery(rule: string) {
  return queryOptions({
    queryKey: ['rule', rule, 'tenants'],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/alerts/groups', { params: { query: { rule, by: 'tenant', from: 'now-30d' } }, signal })),
    staleTime: 30_000,
  });
}

/** The state of a rule, where it may go, and who has it otherwise. */
export function ruleStandingQuery(id: string) {
  return queryOptions({
    queryKey: ['rule', id, 'standing'],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/rules/{id}/state', { params: { path: { id } }, signal })),
  });
}

/** What a rule would have raised. */
export function ruleShadowQuery(id: string, tenant: string | undefined) {
  return queryOptions({
    queryKey: ['rule', id, tenant, 'shadow'],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/rules/{id}/shadow', { params: { path: { id }, query: { tenant } }, signal })),
    staleTime: 15_000,
  });
}

const gapsPoll = 1000; // ms, while something is searched

/** Since when a rule is in force at a customer, and what it missed. */
export function ruleGapsQuery(id: string, tenant: string) {
  return queryOptions({
    queryKey: ['rule', id, tenant, 'gaps'],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/tenants/{tenant}/rules/{id}/gaps', { params: { path: { tenant, id } }, signal })),
    refetchInterval: ({ state }) => (state.data?.runs.some((run) => run.state === 'running') || state.data?.gaps.some(({ barred }) => barred === 'settling') ? gapsPoll : false),
  });
}

/** Whether a rule runs where it should, and what it costs. */
export function ruleHealthQuery(id: string) {
  return queryOptions({
    queryKey: ['rule', id, 'health'],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/rules/{id}/health', { params: { path: { id } }, signal })),
    staleTime: 15_000,
  });
}

/** What became of a rule's text since one that fired. */
export function ruleChangesQuery(id: string, since: string) {
  return queryOptions({
    queryKey: ['rule', id, 'changes', since],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/rules/{id}/changes', { params: { path: { id }, query: { since } }, signal })),
  });
}

/** A pack's rule that was changed here, beside what the pack has. */
export function ruleOverlayQuery(id: string) {
  return queryOptions({
    queryKey: ['rule', id, 'overlay'],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/rules/{id}/overlay', { params: { path: { id } }, signal })),
  });
}

const judgedShown = 5;

/** The latest alerts of a rule that were closed. */
export function ruleJudgedQuery(rule: string, tenant: string | undefined) {
  const query = { rule, tenant, state: 'closed', sort: 'newest', limit: judgedShown } as const;
  return queryOptions({
    queryKey: ['rule', rule, tenant, 'judged'],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/alerts', { params: { query }, signal })),
    staleTime: 30_000,
  });
}
