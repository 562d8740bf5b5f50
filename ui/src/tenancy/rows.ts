import type { Tenant, TenantFigures } from '../client';
import { readings } from '../kit/fuzzy';
import type { Order, Pick } from './params';

/** A customer with its figures, which come a moment later. */
export interface TenantRow extends Tenant {
  figures: TenantFigures | undefined;
}

export function rowsOf(tenants: Tenant[], figures: TenantFigures[] | undefined): TenantRow[] {
  const by = new Map(figures?.map((each) => [each.tenant, each]));
  return tenants.map((each) => ({ ...each, figures: by.get(each.id) }));
}

const open = (row: TenantRow) => row.figures?.alerts?.open;
const silent = (row: TenantRow) => row.figures?.sources?.silent ?? 0;
const degraded = (row: TenantRow) => row.figures?.sources?.degraded ?? 0;
const records = (row: TenantRow) => row.figures?.sources?.records_24h ?? 0;

/** Whether a customer belongs to a pick. */
export const belongs: Record<Pick, (row: TenantRow) => boolean> = {
  new: (row) => (row.figures?.alerts?.new ?? 0) > 0,
  silent: (row) => silent(row) > 0,
  degraded: (row) => degraded(row) > 0,
  quiet: (row) => row.figures?.sources !== undefined && records(row) === 0,
  suspended: (row) => row.state === 'suspended',
};

const levels = ['critical', 'high', 'medium', 'low'] as const;

// Severities do not add up: one critical alert stands before any number of high ones.
function severityFrom(first: number): (a: TenantRow, b: TenantRow) => number {
  return (a, b) => {
    for (const level of levels.slice(first)) {
      const by = (open(b)?.[level] ?? 0) - (open(a)?.[level] ?? 0);
      if (by !== 0) return by;
    }
    return 0;
  };
}

// Earlier first; what never was comes last.
function early(a: string | null | undefined, b: string | null | undefined): number {
  if (!a || !b) return Number(!a) - Number(!b);
  return a < b ? -1 : a > b ? 1 : 0;
}

const comparisons: Record<Order, (a: TenantRow, b: TenantRow) => number> = {
  critical: severityFrom(0),
  high: severityFrom(1),
  medium: severityFrom(2),
  low: severityFrom(3),
  new: (a, b) => (b.figures?.alerts?.new ?? 0) - (a.figures?.alerts?.new ?? 0),
  oldest: (a, b) => early(a.figures?.alerts?.oldest_at, b.figures?.alerts?.oldest_at),
  sources: (a, b) => (b.figures?.sources?.total ?? 0) - (a.figures?.sources?.total ?? 0),
  silent: (a, b) => silent(b) - silent(a) || degraded(b) - degraded(a),
  records: (a, b) => records(b) - records(a),
  users: (a, b) => (b.figures?.users?.total ?? 0) - (a.figures?.users?.total ?? 0),
  login: (a, b) => early(a.figures?.users?.last_login_at, b.figures?.users?.last_login_at),
  created: (a, b) => early(b.created_at, a.created_at),
  name: () => 0,
};

/** Customers in the order of a column as it reads best, or the other way round; equal ones by name. */
export function ordered(rows: TenantRow[], order: Order, up: boolean, language: string): TenantRow[] {
  const compare = comparisons[order];
  const names = new Intl.Collator(language);
  const way = up ? -1 : 1;
  return [...rows].sort((a, b) => way * compare(a, b) || (order === 'name' ? way : 1) * names.compare(a.name, b.name));
}

/** Whether the text is part of what people know the customer by, in Chinese also by its pinyin. */
export function found(row: Tenant, q: string): boolean {
  const text = q.trim().toLowerCase();
  return text === '' || `${row.name}\n${row.slug}\n${readings(row.name)}`.toLowerCase().includes(text);
}
