import type { Alert } from '../client';

/** Rows are loaded by so many at a time. */
export const pageSize = 100;
/** Pages kept; those farthest from the view go first. */
export const mostPages = 120;

/** One page as the server answers it. */
export interface Answer {
  items: Alert[];
  total: number;
  newest: string;
}

/** What changes on a row without its place in the list changing. */
export type Patch = Partial<Pick<Alert, 'state' | 'verdict' | 'reason' | 'assignee' | 'assignee_name' | 'count' | 'last_at' | 'risk' | 'version' | 'updated_at' | 'updated_by'>>;

/**
 * A list as it was at one moment, partly loaded. Alerts raised later are not in it, and those that no longer fit the filter stay
 * where they are, so that no row ever moves under the eyes or the pointer of whoever reads.
 */
export interface Snapshot {
  total: number;
  /** Newest alert of that moment; later ones are left out of every page. */
  until: string;
  pages: ReadonlyMap<number, readonly Alert[]>;
  /** Index of each row that stays although it no longer fits; the server does not count these any more. */
  left: ReadonlyMap<string, number>;
  /** Others changed rows that are not loaded: places are off by as many. */
  drifted: boolean;
}

export const nothing: Snapshot = { total: 0, until: '', pages: new Map(), left: new Map(), drifted: false };

export function rowAt(snapshot: Snapshot, index: number): Alert | undefined {
  return snapshot.pages.get(Math.floor(index / pageSize))?.[index % pageSize];
}

/** A list anew, from its first page. */
export function begun(answer: Answer): Snapshot {
  return { ...nothing, total: answer.total, until: answer.newest, pages: new Map([[0, answer.items]]) };
}

/** Where the server has the first row of a page: rows before it that left the list are missing there. */
export function offsetOf(snapshot: Snapshot, page: number): number {
  let gone = 0;
  for (const index of snapshot.left.values()) if (index < page * pageSize) gone++;
  return page * pageSize - gone;
}

/** The list with a further page. */
export function landed(snapshot: Snapshot, page: number, answer: Answer): Snapshot {
  const pages = new Map(snapshot.pages).set(page, answer.items);
  const drifted = snapshot.drifted || answer.total !== snapshot.total - snapshot.left.size;
  // A page shorter than its place would leave rows grey for ever: the list ends where the server says it does.
  const short = answer.items.length < Math.min(pageSize, snapshot.total - page * pageSize);
  const total = short ? page * pageSize + answer.items.length : snapshot.total;
  return { ...snapshot, total, pages, drifted };
}

/** The list without the pages farthest from one, where there are too many. */
export function trimmed(snapshot: Snapshot, around: number): Snapshot {
  if (snapshot.pages.size <= mostPages) return snapshot;
  const near = [...snapshot.pages.keys()].sort((a, b) => Math.abs(a - around) - Math.abs(b - around)).slice(0, mostPages / 2);
  return { ...snapshot, pages: new Map(near.map((page) => [page, snapshot.pages.get(page)!])) };
}

/** The list with rows changed in place. `fits` says which of them the filter would still select. */
export function patched(snapshot: Snapshot, patches: ReadonlyMap<string, Patch>, fits: (row: Alert) => boolean): Snapshot {
  let pages: Map<number, readonly Alert[]> | undefined;
  let left: Map<string, number> | undefined;
  for (const [page, rows] of snapshot.pages) {
    if (!rows.some((row) => patches.has(row.id))) continue;
    pages ??= new Map(snapshot.pages);
    pages.set(page, rows.map((row, i) => {
      const patch = patches.get(row.id);
      if (!patch || isOld(row, patch)) return row;
      const after = { ...row, ...patch };
      const stays = fits(after);
      if (stays === snapshot.left.has(row.id)) {
        left ??= new Map(snapshot.left);
        if (stays) left.delete(row.id);
        else left.set(row.id, page * pageSize + i);
      }
      return after;
    }));
  }
  return pages ? { ...snapshot, pages, left: left ?? snapshot.left } : snapshot;
}

// News may overtake one another; a version never falls.
function isOld(row: Alert, patch: Patch): boolean {
  return patch.version !== undefined && patch.version < row.version;
}

/** What a row answered now has over the same row shown. */
export function patchOf(row: Alert): Patch {
  const { state, verdict, reason, assignee, assignee_name, count, last_at, risk, version, updated_at, updated_by } = row;
  return { state, verdict, reason, assignee, assignee_name, count, last_at, risk, version, updated_at, updated_by };
}

/** The index of an alert among the loaded rows, or -1. */
export function indexOf(snapshot: Snapshot, id: string): number {
  for (const [page, rows] of snapshot.pages) {
    const at = rows.findIndex((row) => row.id === id);
    if (at >= 0) return page * pageSize + at;
  }
  return -1;
}
