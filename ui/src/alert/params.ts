import { oneOf, someOf, text } from '../kit/params';
import { levels, type Level } from '../kit/severity';

export const states = ['new', 'acknowledged', 'investigating', 'closed'] as const;
export type State = (typeof states)[number];
export const views = ['open', ...states, 'all'] as const;
export type View = (typeof views)[number];

/** Filters of the alert list as the URL has them. */
export interface AlertParams {
  state?: View;
  level?: string;
  rule?: string;
  q?: string;
}

export function alertParams(search: Record<string, unknown>): AlertParams {
  return {
    state: oneOf(search.state, views),
    level: someOf(search.level, levels).join(',') || undefined,
    rule: text(search.rule, 128),
    q: text(search.q, 200),
  };
}

export function chosenLevels(params: AlertParams): Level[] {
  return someOf(params.level, levels);
}

/** What the list asks the server for; "open" is what an analyst has to look at, so it is the first view. */
export function asQuery(params: AlertParams, tenant: string | undefined) {
  const view = params.state ?? 'open';
  return {
    tenant,
    state: view === 'all' ? undefined : view,
    level: params.level,
    rule: params.rule,
    q: params.q,
    limit: 50,
  };
}
