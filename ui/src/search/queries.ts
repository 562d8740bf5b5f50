import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { ask, client, type FlatEvent } from '../client';

/** What is asked, with the bounds resolved, so that list, histogram and further pages speak of the same span. */
export interface Question {
  tenants: string[] | undefined;
  query: string;
  from: string | undefined;
  to: string | undefined;
}

const pageSize = 100;
const buckets = 80;

export function eventsQuery(question: Question) {
  return infiniteQueryOptions({
    queryKey: ['search', question],
    queryFn: async ({ pageParam, signal }) => {
      const page = await ask(client.POST('/api/v1/search', { body: { ...question, limit: pageSize, order: 'newest', cursor: pageParam || undefined }, signal }));
      return { ...page, events: page.events as FlatEvent[] };
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.cursor || undefined,
    staleTime: Infinity,
  });
}

export function histogramQuery(question: Question) {
  return queryOptions({
    queryKey: ['histogram', question],
    queryFn: ({ signal }) => ask(client.POST('/api/v1/search/histogram', { body: { ...question, buckets }, signal })),
    staleTime: Infinity,
  });
}
