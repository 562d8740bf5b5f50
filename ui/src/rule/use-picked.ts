import { useCallback, useMemo, useState } from 'react';
import type { Rule } from '../client';

/** Most rules that one change is made to; the server takes no more. */
export const mostPicked = 500;

export interface Picked {
  ids: readonly string[];
  clear: () => void;
  /** Picks what is loaded of the list, as far as one change reaches. */
  all: () => void;
  pick: { has: (row: Rule) => boolean; toggle: (index: number, range: boolean) => void; can: (row: Rule) => boolean };
}

/** Only what is in an active pack can be moved. */
export function movable(rule: Rule): boolean {
  return rule.state !== 'refused' && rule.state !== 'off';
}

/** The ids after a row, or the rows from the anchor to it, were picked; picking a single one again puts it back. */
export function toggled(before: ReadonlySet<string>, rows: readonly (Rule | undefined)[], anchor: number, index: number, range: boolean): Set<string> {
  const next = new Set(before);
  const from = range && anchor >= 0 ? Math.min(anchor, index) : index;
  const to = range && anchor >= 0 ? Math.max(anchor, index) : index;
  for (const row of rows.slice(from, to + 1)) {
    if (!row || !movable(row)) continue;
    if (!range && next.delete(row.id)) continue;
    if (next.size < mostPicked) next.add(row.id);
  }
  return next;
}

/** Which rules a change is going to be made to. */
export function usePicked(rows: readonly (Rule | undefined)[] | undefined): Picked {
  const [picked, setPicked] = useState<{ ids: ReadonlySet<string>; anchor: number }>({ ids: new Set(), anchor: -1 });
  const clear = useCallback(() => setPicked({ ids: new Set(), anchor: -1 }), []);
  return useMemo(() => ({
    ids: [...picked.ids],
    clear,
    all: () => setPicked({ ids: new Set((rows ?? []).flatMap((row) => (row && movable(row) ? [row.id] : [])).slice(0, mostPicked)), anchor: -1 }),
    pick: {
      has: (row) => picked.ids.has(row.id),
      toggle: (index, range) => setPicked((before) => ({ ids: toggled(before.ids, rows ?? [], before.anchor, index, range), anchor: index })),
      can: movable,
    },
  }), [picked, rows, clear]);
}
