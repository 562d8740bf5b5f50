import { queryOptions } from '@tanstack/react-query';
import { ask, client, type Setup } from '../client';

/** What is left of the first run. Only for those who may manage customers. */
export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: ({ signal }) => ask(client.GET('/api/v1/setup', { signal })),
  staleTime: 60_000,
});

export const steps = ['account', 'start', 'source'] as const;
export type Step = (typeof steps)[number];

/** The step to do next: the first that is not done. */
export function next(setup: Setup, spoken: boolean): Step {
  if (setup.first_password || (!spoken && setup.customers === 0)) return 'account';
  return setup.customers > 0 && setup.sources === 0 ? 'source' : 'start';
}
