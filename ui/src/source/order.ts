import type { LostCoverage, Source } from '../client';
import type { SourcesParams } from './params';
import { states } from './state';

/** What rests on each source, by its id. */
export type Resting = Map<string, LostCoverage>;
type Order = (a: Source, b: Source, resting: Resting) => number;

const cost: Order = (a, b, resting) => {
  const [x, y] = [resting.get(a.id), resting.get(b.id)];
  return (y?.sole ?? 0) - (x?.sole ?? 0) || (y?.main ?? 0) - (x?.main ?? 0) || (y?.shared ?? 0) - (x?.shared ?? 0);
};

/** The orders of the list. */
export const compare: Record<NonNullable<SourcesParams['sort']>, Order> = {
  // The most pressing first, as the server gives them; of those the ones that cost most rules.
  state: (a, b, resting) => states.indexOf(a.health.state) - states.indexOf(b.health.state) || cost(a, b, resting),
  rules: cost,
  name: (a, b) => a.name.localeCompare(b.name),
  seen: (a, b) => Date.parse(b.last_seen ?? '1970-01-01') - Date.parse(a.last_seen ?? '1970-01-01'),
  rate: (a, b) => b.rate_1h - a.rate_1h,
  parsed: (a, b) => (a.parse_rate ?? 2) - (b.parse_rate ?? 2),
  lag: (a, b) => Math.abs(b.lag_s ?? 0) - Math.abs(a.lag_s ?? 0),
};
