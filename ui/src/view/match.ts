/** A page's filters as the router has them. */
export type Filters = Record<string, unknown>;

/** Not part of a view: whose data it is, and which view is open. */
const around = ['tenant', 'view'];

/** The filters alone, in a fixed order: without what is empty, and without what a view does not keep. */
export function kept(filters: Filters, ignore: readonly string[] = []): Filters {
  const entries = Object.entries(filters)
    .filter(([key, value]) => value !== undefined && value !== null && value !== '' && !around.includes(key) && !ignore.includes(key))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries);
}

/** Whether two pages' filters are the same to a view. */
export function same(a: Filters, b: Filters, ignore?: readonly string[]): boolean {
  return JSON.stringify(kept(a, ignore)) === JSON.stringify(kept(b, ignore));
}
