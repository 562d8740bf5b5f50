import { oneOf, text } from '../kit/params';

/** Under which exceptions are kept. */
export const exceptionsKey = ['exceptions'];

export const states = ['active', 'expiring', 'expired'] as const;
export type State = (typeof states)[number];

/** How long an exception may be made for, in days. */
export const lives = [7, 30, 90, 180, 365] as const;

/** The list of exceptions as the URL has it; the customer is the switcher's. */
export interface ExceptionsParams {
  q?: string;
  state?: State;
  rule?: string;
  /** The exception in the pane. */
  at?: string;
  /** A new one is being written: blank, or for a rule. */
  new?: '1';
}

export function exceptionsParams(search: Record<string, unknown>): ExceptionsParams {
  return {
    q: text(search.q, 200),
    state: oneOf(search.state, states),
    rule: text(search.rule, 256),
    at: text(search.at, 64),
    new: oneOf(text(search.new), ['1']),
  };
}

/** The filter that chosen conditions make. */
export function joined(terms: readonly { query: string; chosen: boolean }[]): string {
  return terms.filter(({ chosen }) => chosen).map(({ query }) => query).join(' ');
}

