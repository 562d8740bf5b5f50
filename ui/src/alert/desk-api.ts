import { ask, client, type AlertGroup } from '../client';
import type { Change, Done, Person } from './judge';
import type { AlertQuery, Grouping } from './params';

export type { AlertGroup } from '../client';

export interface AlertGroups {
  items: AlertGroup[];
  total_groups: number;
}

export function groups(query: AlertQuery, by: Grouping, signal: AbortSignal): Promise<AlertGroups> {
  return ask(client.GET('/api/v1/alerts/groups', { params: { query: { ...query, sort: undefined, by } }, signal }));
}

/** Changes up to 500 alerts; each is answered for. */
export function bulk(items: { id: string; version: number }[], change: Change): Promise<Done> {
  return ask(client.POST('/api/v1/alerts/bulk', { body: { items, ...change } })) as Promise<Done>;
}

/** Who may judge alerts of a customer, or everywhere the person may. */
export async function assignees(tenant: string | undefined, signal: AbortSignal): Promise<Person[]> {
  return (await ask(client.GET('/api/v1/alerts/assignees', { params: { query: { tenant } }, signal }))).items;
}
