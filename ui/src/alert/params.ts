import { oneOf, someOf, text } from '../kit/params';
import { levels, type Level } from '../kit/severity';
import { isBound } from '../kit/time-range';

export const states = ['new', 'acknowledged', 'investigating', 'closed'] as const;
export type State = (typeof states)[number];
export const views = ['open', ...states, 'all'] as const;
export type View = (typeof views)[number];
export const verdicts = [
  'true_positive_impact', 'true_positive_no_impact', 'benign_positive', 'false_positive', 'duplicate', 'undetermined',
] as const;
export type Verdict = (typeof verdicts)[number];
export const sorts = ['risk', 'newest'] as const;
export type Sort = (typeof sorts)[number];
export const groupings = ['rule', 'host', 'source_ip', 'user', 'tenant', 'source'] as const;
export type Grouping = (typeof groupings)[number];

/** Filters of the alert list, and how it is laid out, as the URL has them. */
export interface AlertParams {
  state?: View;
  level?: string;
  /** A username, "me", or "none". */
  assignee?: string;
  verdict?: string;
  rule?: string;
  /** ATT&CK: T1110, which stands for its sub-techniques too, or T1110.001; credential-access. Of several, one has to hold. */
  technique?: string;
  tactic?: string;
  /** field=value, or field!=value for what must not be there; several must all hold. */
  entity?: string | string[];
  /** Id of a log source, or "none". */
  source?: string;
  from?: string;
  to?: string;
  /** Raised since; moved by others since: what the figures of an overview open. */
  raised_from?: string;
  moved_from?: string;
  q?: string;
  sort?: Sort;
  group?: Grouping;
  /** The alert in the preview. */
  at?: string;
}

export function alertParams(search: Record<string, unknown>): AlertParams {
  const entities = someEntities(search.entity);
  return {
    state: oneOf(search.state, views),
    level: someOf(search.level, levels).join(',') || undefined,
    assignee: text(search.assignee, 64),
    verdict: someOf(search.verdict, verdicts).join(',') || undefined,
    rule: text(search.rule, 128),
    technique: fitting(search.technique, /^T\d{4}(\.\d{3})?$/, (each) => each.toUpperCase()),
    tactic: fitting(search.tactic, /^[a-z][a-z-]+$/, (each) => each.toLowerCase().replaceAll('_', '-')),
    entity: entities.length > 1 ? entities : entities[0],
    source: text(search.source, 64),
    from: isBound(search.from) ? search.from : undefined,
    to: isBound(search.to) ? search.to : undefined,
    raised_from: isBound(search.raised_from) ? search.raised_from : undefined,
    moved_from: isBound(search.moved_from) ? search.moved_from : undefined,
    q: text(search.q, 200),
    sort: oneOf(search.sort, sorts),
    group: oneOf(search.group, groupings),
    at: text(search.at, 64),
  };
}

function fitting(value: unknown, form: RegExp, write: (each: string) => string): string | undefined {
  const words = (text(value, 200) ?? '').split(',').map((each) => write(each.trim())).filter((each) => form.test(each));
  return [...new Set(words)].join(',') || undefined;
}

const mostEntities = 8; // as the server has it

function someEntities(value: unknown): string[] {
  const all = Array.isArray(value) ? value : [value];
  const fit = all.filter((each): each is string => typeof each === 'string' && /^[^=\s]+=/.test(each)).map((each) => each.slice(0, 400));
  return [...new Set(fit)].slice(0, mostEntities);
}

export function chosenLevels(params: AlertParams): Level[] {
  return someOf(params.level, levels);
}

export function chosenEntities(params: AlertParams): string[] {
  return someEntities(params.entity);
}

/** "host.name=db-1" in its parts; with ! before the sign it must not hold. */
export function entityParts(entity: string): { field: string; value: string; not: boolean } {
  const at = entity.indexOf('=');
  const not = entity[at - 1] === '!';
  return { field: entity.slice(0, not ? at - 1 : at), value: entity.slice(at + 1), not };
}

/** The same filters with another entity that must hold, or must not. */
export function withEntity(params: AlertParams, field: string, value: string, not = false): AlertParams {
  const [to, other] = not ? [`${field}!=${value}`, `${field}=${value}`] : [`${field}=${value}`, `${field}!=${value}`];
  return { entity: someEntities([...chosenEntities(params).filter((each) => each !== other), to]) };
}

/** How many filters are set besides the view of states. */
export function filterCount(params: AlertParams): number {
  const { level, assignee, verdict, rule, technique, tactic, source, q } = params;
  return [level, assignee, verdict, rule, technique, tactic, source, q, params.from ?? params.to, params.raised_from, params.moved_from].filter(Boolean).length + chosenEntities(params).length;
}

/** What the list asks the server for; "open" is what an analyst has to look at, so it is the first view. */
export function asQuery(params: AlertParams, tenant: string | undefined) {
  const view = params.state ?? 'open';
  const entities = chosenEntities(params);
  return {
    tenant,
    state: view === 'all' ? undefined : view,
    level: params.level,
    assignee: params.assignee,
    verdict: params.verdict,
    rule: params.rule,
    technique: params.technique,
    tactic: params.tactic,
    entity: entities.length > 0 ? entities : undefined,
    source: params.source,
    from: params.from,
    to: params.to,
    raised_from: params.raised_from,
    moved_from: params.moved_from,
    q: params.q,
    sort: params.sort ?? 'risk',
  };
}
export type AlertQuery = ReturnType<typeof asQuery>;

/** What alerts are about: the fields that the server keeps as their entities. */
export const usualFields = ['host.name', 'user.name', 'source.ip', 'destination.ip', 'process.executable'] as const;

const entityFields: Partial<Record<Grouping, string>> = { host: 'host.name', source_ip: 'source.ip', user: 'user.name' };

/** The query for the rows of one group; an empty key is the group of those that have none. */
export function ofGroup(query: AlertQuery, by: Grouping, key: string): AlertQuery {
  const field = entityFields[by];
  if (field) return { ...query, entity: someEntities([...(query.entity ?? []), `${field}=${key}`]) };
  if (by === 'tenant') return { ...query, tenant: key };
  if (by === 'source') return { ...query, source: key || 'none' };
  return { ...query, rule: key };
}

/** Whether a row still belongs to a list once its state or assignee changed; other filters cannot change under a row. */
export function fits(row: { state: string; assignee: string; verdict: string }, query: AlertQuery, me: string): boolean {
  if (query.state === 'open' ? row.state === 'closed' : query.state !== undefined && row.state !== query.state) return false;
  if (query.assignee === 'none') return row.assignee === '';
  if (query.assignee !== undefined && row.assignee !== (query.assignee === 'me' ? me : query.assignee)) return false;
  return query.verdict === undefined || query.verdict.split(',').includes(row.verdict);
}
