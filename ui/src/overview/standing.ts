import type { LevelCounts, OverviewStanding } from '../client';
import { levels, type Level } from '../kit/severity';
import type { Order } from './params';

/** What is known of a customer's log sources. */
export interface Reach {
  sources: number;
  silent: number;
  degraded: number;
  never: number;
}

export const noReach: Reach = { sources: 0, silent: 0, degraded: 0, never: 0 };

interface SourceState {
  tenant: string;
  state: string;
}

/** Sums up sources by customer. */
export function reachOf(sources: SourceState[]): Map<string, Reach> {
  const all = new Map<string, Reach>();
  for (const source of sources) {
    const reach = all.get(source.tenant) ?? { ...noReach };
    reach.sources += 1;
    if (source.state === 'silent') reach.silent += 1;
    if (source.state === 'degraded') reach.degraded += 1;
    if (source.state === 'never') reach.never += 1;
    all.set(source.tenant, reach);
  }
  return all;
}

export function total(counts: LevelCounts): number {
  return levels.reduce((sum, level) => sum + counts[level], 0);
}

/** The open alerts of all customers together. */
export function sumOpen(standings: OverviewStanding[]): LevelCounts {
  const sum: LevelCounts = { critical: 0, high: 0, medium: 0, low: 0, informational: 0 };
  for (const { open } of standings) for (const level of levels) sum[level] += open[level];
  return sum;
}

/** The alert that has waited longest for somebody to acknowledge it. */
export function oldest(standings: OverviewStanding[]): { id: string; at: string } | undefined {
  let found: { id: string; at: string } | undefined;
  for (const { oldest: id, oldest_at: at } of standings) {
    if (id && at && (!found || id < found.id)) found = { id, at };
  }
  return found;
}

export interface TenantRow extends OverviewStanding {
  name: string;
  reach: Reach;
  /** Records of the last hour. */
  records: number;
}

// Severities do not add up: one critical alert stands before any number of high ones.
function bySeverity(a: TenantRow, b: TenantRow): number {
  for (const level of levels) if (a.open[level] !== b.open[level]) return b.open[level] - a.open[level];
  return 0;
}

const comparisons: Record<Order, (a: TenantRow, b: TenantRow) => number> = {
  severity: bySeverity,
  name: () => 0,
  risk: (a, b) => b.risk - a.risk || bySeverity(a, b),
  new: (a, b) => b.new - a.new,
  oldest: (a, b) => Number(a.oldest === '') - Number(b.oldest === '') || (a.oldest < b.oldest ? -1 : a.oldest > b.oldest ? 1 : 0),
  ingest: (a, b) => b.records - a.records,
  silent: (a, b) => b.reach.silent - a.reach.silent || b.reach.degraded - a.reach.degraded,
};

/** Customers, those that need a look first; equal ones by name. */
export function ordered(rows: TenantRow[], order: Order, language: string): TenantRow[] {
  return [...rows].sort((a, b) => comparisons[order](a, b) || a.name.localeCompare(b.name, language));
}

/** The worst severity of which there is one. */
export function worst(counts: LevelCounts): Level | undefined {
  return levels.find((level) => counts[level] > 0);
}

/** The customers that serious alerts are open at, the worst first. */
export function burning(standings: OverviewStanding[]): OverviewStanding[] {
  return standings
    .filter(({ open }) => open.critical + open.high > 0)
    .sort((a, b) => b.open.critical - a.open.critical || b.open.high - a.open.high);
}
