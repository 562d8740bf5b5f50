import { queryOptions, useQueryClient, useSuspenseQuery, type QueryClient } from '@tanstack/react-query';
import { ask, client, type Credentials, type Me, type Membership } from '../client';

/** What the server lets a role do; the lists stand in the server, screens only hide what is not in them. */
export type Permission =
  | 'tenant.read' | 'tenant.manage' | 'user.manage' | 'source.read' | 'source.manage' | 'event.search' | 'alert.read'
  | 'alert.judge' | 'rule.read' | 'rule.manage' | 'rule.tune' | 'audit.read' | 'inbox.manage' | 'health.read'
  | 'demo.manage';

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => ask(client.GET('/api/v1/me', { signal })),
  staleTime: 60_000,
});

const insideKey = 'isoc.in';

/** Whether somebody was logged in at this browser when it was last used: a guess, to prepare for it. */
export function wasInside(): boolean {
  try {
    return localStorage.getItem(insideKey) !== null;
  } catch {
    return false;
  }
}

function setInside(inside: boolean): void {
  try {
    if (inside) localStorage.setItem(insideKey, '1');
    else localStorage.removeItem(insideKey);
  } catch {
    // Then the frame comes a little later.
  }
}

/** The person at the screen. Only for pages inside the shell, which has made sure that there is one. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

export function useCan(): (permission: Permission) => boolean {
  const { permissions } = useMe();
  return (permission) => permissions.includes(permission);
}

export function isProvider(me: Me): boolean {
  return me.role !== '';
}

export async function logIn(queries: QueryClient, credentials: Credentials): Promise<Me> {
  const me = await ask(client.POST('/api/v1/session', { body: credentials }));
  setInside(true);
  queries.clear();
  queries.setQueryData(meQuery.queryKey, me);
  return me;
}

/** Ends the session and forgets everything that was loaded in it. */
export function useLogOut(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    setInside(false);
    await ask(client.DELETE('/api/v1/session'));
    queries.clear();
  };
}

/** The customer of an id or a slug among those the person may see. */
export function findTenant(me: Me, ref: string | undefined): Membership | undefined {
  if (!ref) return undefined;
  return me.tenants.find((each) => each.slug === ref || each.id === ref);
}
