import type { Alert } from '../client';

/** Most alerts that are picked one by one; beyond, all of a list are picked as one, with exceptions. */
export const mostPicked = 10_000;

/** The alerts that a change is going to be made to. */
export interface Selection {
  picked: ReadonlyMap<string, Alert>;
  /** Groups that were picked as a whole. */
  groups: ReadonlySet<string>;
  /** The row where a range begins. */
  anchor: number;
}

/** All alerts of a list as it was at a moment, but some. */
export interface All {
  total: number;
  /** Id of the newest; later ones are not picked. */
  until: string;
  except: ReadonlySet<string>;
}

export function isOf(all: All, id: string): boolean {
  return id <= all.until && !all.except.has(id);
}

/** Leaves an alert out, or takes it back in. */
export function toggledOf(all: All, id: string): All {
  if (id > all.until) return all;
  const except = new Set(all.except);
  if (!except.delete(id)) except.add(id);
  return { ...all, except };
}

export const none: Selection = { picked: new Map(), groups: new Set(), anchor: -1 };

/** Picks a row, or puts it back; ranges begin there. */
export function toggled(selection: Selection, row: Alert, index: number): Selection {
  const picked = new Map(selection.picked);
  let { groups } = selection;
  if (picked.delete(row.id)) groups = new Set(); // a group is not whole any more, and which one it stood in is not known
  else picked.set(row.id, row);
  return { picked: bounded(picked), groups, anchor: index };
}

/** The rows between the anchor and an index, both included. */
export function rangeTo(selection: Selection, index: number): [first: number, last: number] {
  const anchor = selection.anchor < 0 ? index : selection.anchor;
  return anchor < index ? [anchor, index] : [index, anchor];
}

/** Picks further rows, as a range or as a group. */
export function added(selection: Selection, rows: readonly Alert[], anchor: number, group?: string): Selection {
  const picked = new Map(selection.picked);
  for (const row of rows) picked.set(row.id, row);
  const groups = group === undefined ? selection.groups : new Set(selection.groups).add(group);
  return { picked: bounded(picked), groups, anchor };
}

/** Puts the rows of a group back. */
export function without(selection: Selection, ids: Iterable<string>, group: string): Selection {
  const picked = new Map(selection.picked);
  for (const id of ids) picked.delete(id);
  const groups = new Set(selection.groups);
  groups.delete(group);
  return { ...selection, picked, groups };
}

/** The picked rows as they are now, so that a change names the version that was seen. */
export function refreshed(selection: Selection, row: (id: string) => Alert | undefined): Alert[] {
  return [...selection.picked.values()].map((old) => row(old.id) ?? old);
}

function bounded(picked: Map<string, Alert>): Map<string, Alert> {
  return picked.size > mostPicked ? new Map([...picked].slice(0, mostPicked)) : picked;
}
