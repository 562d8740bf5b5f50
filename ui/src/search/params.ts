import { text } from '../kit/params';
import { isBound, type Range } from '../kit/time-range';

/** A search as the URL has it. */
export interface SearchParams {
  q?: string;
  from?: string;
  to?: string;
  /** Customers by slug, comma-separated; only where the switcher shows all. */
  in?: string;
}

export const defaultRange: Range = { from: 'now-1h', to: 'now' };

export function searchParams(search: Record<string, unknown>): SearchParams {
  return {
    q: text(search.q, 16384),
    from: isBound(search.from) ? search.from : undefined,
    to: isBound(search.to) ? search.to : undefined,
    in: text(search.in, 4000),
  };
}

export function rangeOf(params: SearchParams): Range {
  if (!params.from && !params.to) return defaultRange;
  return { from: params.from ?? '', to: params.to ?? 'now' };
}
