import { oneOf, someOf, text } from '../kit/params';
import { states } from './state';

export const orders = ['state', 'rules', 'name', 'seen', 'rate', 'parsed', 'lag'] as const;

/** The list of sources as the URL has it. */
export interface SourcesParams {
  q?: string;
  state?: string;
  sort?: (typeof orders)[number];
}

export function sourcesParams(search: Record<string, unknown>): SourcesParams {
  return {
    q: text(search.q, 200),
    state: someOf(search.state, states).join(',') || undefined,
    sort: oneOf(search.sort, orders),
  };
}

export const spans = ['1h', '24h', '7d', '30d', '90d'] as const;

/** One source: the time its series shows, and whether its settings are open. */
export interface SourceParams {
  span?: (typeof spans)[number];
  edit?: 'yes';
  /** All rules that rest on it are listed. */
  rules?: 'all';
}

export function sourceParams(search: Record<string, unknown>): SourceParams {
  return { span: oneOf(search.span, spans), edit: oneOf(search.edit, ['yes']), rules: oneOf(search.rules, ['all']) };
}

/** A source being made: its id once it is, and what it is made for. */
export interface FreshParams {
  made?: string;
  kind?: string;
  sender?: string;
  group?: string;
}

export function freshParams(search: Record<string, unknown>): FreshParams {
  return { made: text(search.made, 64), kind: text(search.kind, 64), sender: text(search.sender, 64), group: text(search.group, 256) };
}
