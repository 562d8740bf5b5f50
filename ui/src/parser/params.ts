import { oneOf, text } from '../kit/params';
import { isBound } from '../kit/time-range';
import { encodings } from '../source/kinds';

export const views = ['used', 'packs', 'recognised', 'own'] as const;
export const orders = ['use', 'vendor', 'formats', 'last'] as const;

/** The catalogue as the URL has it. */
export interface ParsersParams {
  q?: string;
  kind?: string;
  vendor?: string;
  show?: (typeof views)[number];
  sort?: (typeof orders)[number];
}

export function parsersParams(search: Record<string, unknown>): ParsersParams {
  return {
    q: text(search.q, 200), kind: text(search.kind, 32), vendor: text(search.vendor, 100), show: oneOf(search.show, views), sort: oneOf(search.sort, orders),
  };
}

export const tabs = ['formats', 'samples', 'text'] as const;

/** One parser: what of it is shown. */
export interface ParserParams {
  tab?: (typeof tabs)[number];
  /** Samples of this format alone. */
  format?: string;
}

export function parserParams(search: Record<string, unknown>): ParserParams {
  return { tab: oneOf(search.tab, tabs), format: text(search.format, 200) };
}

/** The test bench: where its lines come from, and what is said of their sender. The lines themselves are never part of an address. */
export interface BenchParams {
  pack?: string;
  /** Place of a sample in the pack. */
  sample?: string;
  source?: string;
  group?: string;
  event?: string;
  kind?: string;
  zone?: string;
  encoding?: (typeof encodings)[number];
}

export function benchParams(search: Record<string, unknown>): BenchParams {
  return {
    pack: text(search.pack, 64), sample: text(search.sample, 6), source: text(search.source, 64), group: text(search.group, 256), event: text(search.event, 64),
    kind: text(search.kind, 64), zone: text(search.zone, 64), encoding: oneOf(search.encoding, encodings),
  };
}

export const depths = ['none', 'syslog'] as const;

/** Records that no parser read: when, whose, and how far they were understood. */
export interface UnparsedParams {
  from?: string;
  to?: string;
  source?: string;
  only?: (typeof depths)[number];
}

export function unparsedParams(search: Record<string, unknown>): UnparsedParams {
  return {
    from: isBound(search.from) ? search.from : undefined, to: isBound(search.to) ? search.to : undefined,
    source: text(search.source, 64), only: oneOf(search.only, depths),
  };
}
