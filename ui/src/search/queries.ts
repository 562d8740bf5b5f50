import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { ask, client, Problem, type FlatEvent } from '../client';
import { transient } from '../client/problem';
import { grouping } from './grouping';
import { filter } from './logsql';

/** What is asked, with the bounds resolved, so that list, histogram and further pages speak of the same span. */
export interface Question {
  tenants: string[] | undefined;
  query: string;
  from: string | undefined;
  to: string | undefined;
}

export type Order = 'newest' | 'oldest';

const pageSize = 200;
const rowsOfTime = 10_000; // a chart of some of its points would be wrong
const buckets = 90;

// A search that took all the time it may takes it again.
const retry = (failures: number, error: unknown) => failures < 2 && transient(error) && !(error instanceof Problem && error.status === 504);

export function eventsQuery(question: Question, order: Order) {
  return infiniteQueryOptions({
    queryKey: ['search', question, order],
    queryFn: async ({ pageParam, signal }) => {
      const page = await ask(client.POST('/api/v1/search', { body: { ...question, limit: grouping(question.query)?.step === undefined ? pageSize : rowsOfTime, order, cursor: pageParam || undefined }, signal }));
      return { ...page, events: page.events as FlatEvent[] };
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.cursor || undefined,
    staleTime: Infinity,
    retry,
  });
}

export function histogramQuery(question: Question, split: string | undefined) {
  return queryOptions({
    queryKey: ['histogram', question, split],
    queryFn: ({ signal }) => ask(client.POST('/api/v1/search/histogram', { body: { ...question, buckets, split }, signal })),
    staleTime: Infinity,
    retry,
  });
}

export function fieldsQuery(question: Question) {
  return queryOptions({
    queryKey: ['search', 'fields', question],
    queryFn: async ({ signal }) => (await ask(client.POST('/api/v1/search/fields', { body: question, signal }))).fields,
    staleTime: Infinity,
    retry,
  });
}

export function valuesQuery(question: Question, field: string, limit = 10) {
  return queryOptions({
    queryKey: ['search', 'values', question, field, limit],
    queryFn: async ({ signal }) => (await ask(client.POST('/api/v1/search/values', { body: { ...question, field, limit }, signal }))).values,
    staleTime: Infinity,
    retry,
  });
}

export function patternsQuery(question: Question) {
  return queryOptions({
    queryKey: ['search', 'patterns', question],
    queryFn: ({ signal }) => ask(client.POST('/api/v1/search/patterns', { body: { ...question, limit: 100 }, signal })),
    staleTime: Infinity,
    retry,
  });
}

export function numbersQuery(question: Question, field: string) {
  return queryOptions({
    queryKey: ['search', 'numbers', question, field],
    queryFn: ({ signal }) => ask(client.POST('/api/v1/search/numbers', { body: { ...question, field }, signal })),
    staleTime: Infinity,
    retry: false,
  });
}

export function adviceQuery(question: Question) {
  return queryOptions({
    queryKey: ['search', 'advice', question],
    queryFn: ({ signal }) => ask(client.POST('/api/v1/search/advice', { body: question, signal })),
    staleTime: Infinity,
    retry: false,
  });
}

export function checkQuery(query: string) {
  return queryOptions({
    queryKey: ['search', 'check', query],
    queryFn: ({ signal }) => ask(client.POST('/api/v1/search/check', { body: { query }, signal })),
    staleTime: Infinity,
  });
}

/** One record by its id; the span bounds where it is looked for. */
export function recordQuery(question: Question, id: string) {
  return queryOptions({
    queryKey: ['search', 'record', question.tenants, question.from, question.to, id],
    queryFn: async ({ signal }) => {
      const found = await ask(client.POST('/api/v1/search', { body: { ...question, query: filter('event.id', id, true), limit: 1, order: 'newest' }, signal }));
      return (found.events[0] as FlatEvent | undefined) ?? null;
    },
    staleTime: Infinity,
  });
}

/** Records before and after one, nearest first, of those that the condition selects. */
export function aroundQuery(tenants: string[] | undefined, at: string, condition: string, count: number) {
  return queryOptions({
    queryKey: ['search', 'around', tenants, at, condition, count],
    queryFn: async ({ signal }) => {
      const side = async (order: Order) => {
        const span = order === 'newest' ? { to: justAfter(at) } : { from: at };
        const found = await ask(client.POST('/api/v1/search', { body: { tenants, query: condition, ...span, limit: count + 1, order }, signal }));
        return found.events as FlatEvent[];
      };
      const [before, after] = await Promise.all([side('newest'), side('oldest')]);
      return { before, after };
    },
    staleTime: Infinity,
  });
}

// The end of a span is exclusive; times go to the nanosecond, Date only to the millisecond.
function justAfter(at: string): string {
  return new Date(new Date(at).getTime() + 1).toISOString();
}
