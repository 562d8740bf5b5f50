import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Alert } from '../client';
import type { AlertGroup } from './desk-api';
import { added, mostPicked, none, rangeTo, refreshed, toggled, without, type Selection } from './selection';
import { isGroup, type Desk, type Line } from './use-desk';

export interface Picking {
  count: number;
  /** The picked alerts as they stand now. */
  rows: () => Alert[];
  clear: () => void;
  /** Picks every alert of the list, at most [mostPicked]. */
  all: () => void;
  /** Every alert of a group. */
  gather: (group: AlertGroup | undefined) => Promise<Alert[]>;
  gathering: { done: number; of: number } | undefined;
  pick: { has: (line: Line) => boolean; toggle: (index: number, range: boolean) => void };
}

/** Which alerts a change is going to be made to: single ones, ranges, groups, or all. */
export function usePicking(desk: Desk): Picking {
  const [selection, setSelection] = useState<Selection>(none);
  const [gathering, setGathering] = useState<{ done: number; of: number }>();
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const gather = useCallback(async (group: AlertGroup | undefined) => {
    stop.current?.abort();
    const mine = (stop.current = new AbortController());
    try {
      return await desk.all(group, mostPicked, (done, of) => setGathering({ done, of }), mine.signal);
    } catch {
      return []; // stopped, or the server is away: then nothing is picked
    } finally {
      setGathering(undefined);
    }
  }, [desk]);
  const toggle = useCallback((index: number, range: boolean) => {
    const line = desk.line(index);
    if (range) {
      const [first, last] = rangeTo(selection, index);
      void desk.range(first, last).then((rows) => setSelection((before) => added(before, rows, index)));
      return;
    }
    if (!line) return;
    if (!isGroup(line)) {
      setSelection((before) => toggled(before, line, index));
      return;
    }
    void gather(line).then((rows) => setSelection((before) => (
      before.groups.has(line.key) ? without(before, rows.map(({ id }) => id), line.key) : added(before, rows, index, line.key)
    )));
  }, [desk, gather, selection]);
  return useMemo(() => ({
    count: selection.picked.size,
    rows: () => refreshed(selection, desk.alert),
    clear: () => {
      stop.current?.abort();
      setSelection(none);
    },
    all: () => void gather(undefined).then((rows) => setSelection((before) => added(before, rows, before.anchor))),
    gather,
    gathering,
    pick: {
      has: (line) => (isGroup(line) ? selection.groups.has(line.key) : selection.picked.has(line.id)),
      toggle,
    },
  }), [selection, desk, gather, gathering, toggle]);
}
