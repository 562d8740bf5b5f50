import { ask, client, type Alert, type AlertGroup } from '../client';
import type { Change, Done, Person } from './judge';
import type { AlertQuery, Grouping } from './params';

export type { AlertGroup } from '../client';

/** Some of the groups, the riskiest first; all of them have so many alerts. */
export interface AlertGroups {
  items: AlertGroup[];
  total_groups: number;
  total: number;
}

const groupsPerPage = 500; // as the server has it

export function groups(query: AlertQuery, by: Grouping, signal: AbortSignal, offset = 0): Promise<AlertGroups> {
  return ask(client.GET('/api/v1/alerts/groups', { params: { query: { ...query, sort: undefined, by, offset, limit: groupsPerPage } }, signal }));
}

/** As many groups as were loaded before, anew. */
export async function groupsAgain(query: AlertQuery, by: Grouping, many: number, signal: AbortSignal): Promise<AlertGroups> {
  const all = await groups(query, by, signal);
  while (all.items.length < Math.min(many, all.total_groups)) {
    const next = await groups(query, by, signal, all.items.length);
    if (next.items.length === 0) break;
    all.items.push(...next.items);
  }
  return all;
}

/** The loaded groups and those of a further page. One that rose meanwhile may come again, and keeps its place. */
export function withMore(before: AlertGroups, next: AlertGroups): AlertGroups {
  const known = new Set(before.items.map(({ key }) => key));
  return { ...next, items: [...before.items, ...next.items.filter(({ key }) => !known.has(key))] };
}

/** Figures change, but no group moves; those that emptied stay with nothing in them, new ones come last. */
export function inPlace(before: AlertGroups | undefined, now: AlertGroups): AlertGroups {
  if (!before) return now;
  const fresh = new Map(now.items.map((group) => [group.key, group]));
  const whole = now.items.length >= now.total_groups; // else one that is missing only stands further down
  const kept = before.items.map((group) => fresh.get(group.key) ?? (whole ? { ...group, count: 0, open: 0 } : group));
  const known = new Set(before.items.map((group) => group.key));
  return { ...now, items: [...kept, ...now.items.filter((group) => !known.has(group.key))] };
}

/** How many alerts a list has, and the newest of them, which keeps later ones out. */
export async function extent(query: AlertQuery): Promise<{ total: number; until: string }> {
  const page = await ask(client.GET('/api/v1/alerts', { params: { query: { ...query, sort: 'newest', limit: 1 } } }));
  return { total: page.total, until: page.newest };
}

/** Every alert of a list, page by page, the newest first; rows that leave it meanwhile shift no others. */
export async function* every(query: AlertQuery, until: string, signal: AbortSignal): AsyncGenerator<Alert[]> {
  for (let cursor: string | undefined = ''; cursor !== undefined && !signal.aborted;) {
    const page: { items: Alert[]; cursor: string } = await ask(client.GET('/api/v1/alerts', {
      params: { query: { ...query, sort: 'newest', until, cursor: cursor || undefined, limit: 500 } }, signal,
    }));
    yield page.items;
    cursor = page.cursor || undefined;
  }
}

/** Changes up to 500 alerts; each is answered for. */
export function bulk(items: { id: string; version: number }[], change: Change): Promise<Done> {
  return ask(client.POST('/api/v1/alerts/bulk', { body: { items, ...change } })) as Promise<Done>;
}

/** Who may judge alerts of a customer, or everywhere the person may. */
export async function assignees(tenant: string | undefined, signal: AbortSignal): Promise<Person[]> {
  return (await ask(client.GET('/api/v1/alerts/assignees', { params: { query: { tenant } }, signal }))).items;
}
