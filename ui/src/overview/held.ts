import { useState } from 'react';

/** Rows that stay where they are, and what would be different if the list were drawn anew. */
export interface Held<T> {
  rows: T[] | undefined;
  /** How many rows would come; where none would, how many would go. */
  news: number;
  /** Whether other rows, or another order, wait. */
  stale: boolean;
  renew: () => void;
}

interface Options<T> {
  id: (row: T) => string;
  /** New rows go after the last while there are fewer than this. */
  full: number;
  /** What the reader ordered by: with another order the list is drawn anew. */
  order?: string;
}

/** Keeps rows in their places while what they say follows the server; another choice or order of rows waits until it is asked for. */
export function useHeld<T>(fresh: T[] | undefined, { id, full, order = '' }: Options<T>): Held<T> {
  const [held, setHeld] = useState({ rows: [] as T[], order });
  const same = held.order === order;
  const rows = fresh && inPlace(same ? held.rows : [], fresh, id, full);
  if (rows && (!same || rows.length > held.rows.length)) setHeld({ rows, order });
  return {
    rows,
    news: fresh && rows ? difference(rows, fresh, id) : 0,
    stale: fresh !== undefined && rows !== undefined && (rows.length !== fresh.length || rows.some((row, i) => id(row) !== id(fresh[i]!))),
    renew: () => setHeld({ rows: fresh ?? [], order }),
  };
}

/** The held rows in their order, each as it is now or, once it has left, as it was; after them new ones while there is room. */
export function inPlace<T>(held: T[], fresh: T[], id: (row: T) => string, full: number): T[] {
  const now = new Map(fresh.map((row) => [id(row), row]));
  const known = new Set(held.map(id));
  return [...held.map((row) => now.get(id(row)) ?? row), ...fresh.filter((row) => !known.has(id(row)))].slice(0, Math.max(full, held.length));
}

/** How many rows a new drawing would bring; with none, how many it would take away. */
export function difference<T>(shown: T[], fresh: T[], id: (row: T) => string): number {
  const before = new Set(shown.map(id));
  return fresh.filter((row) => !before.has(id(row))).length || Math.max(0, shown.length - fresh.length);
}
