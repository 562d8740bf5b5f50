import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Alert } from '../client';
import * as api from './desk-api';
import type { AlertGroup } from './desk-api';
import type { AlertQuery } from './params';
import { added, isOf, mostPicked, none, rangeTo, refreshed, toggled, toggledOf, without, type All, type Selection } from './selection';
import { isGroup, type Desk, type Line } from './use-desk';
import type { Whole } from './use-judge';

export interface Picking {
  count: number;
  /** The picked alerts as they stand now. */
  rows: () => Alert[];
  clear: () => void;
  /** Picks every alert of the list. */
  all: () => void;
  /** Every alert of a group. */
  gather: (group: AlertGroup | undefined) => Promise<Alert[]>;
  gathering: { done: number; of: number } | undefined;
  /** Set where everything the list selects is picked, and is too much to be held row by row. */
  whole: Whole | undefined;
  pick: { has: (line: Line) => boolean; toggle: (index: number, range: boolean) => void };
}

/** Which alerts a change is going to be made to: single ones, ranges, groups, or all. */
export function usePicking(desk: Desk, query: AlertQuery): Picking {
  const [all, setAll] = useState<All>();
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
    if (all) {
      if (line && !isGroup(line)) setAll(toggledOf(all, line.id));
      return;
    }
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
  }, [desk, gather, selection, all]);
  return useMemo(() => ({
    count: all ? all.total - all.except.size : selection.picked.size,
    whole: all && { of: all.total - all.except.size, pages: (signal) => picked(query, all, signal) },
    rows: () => refreshed(selection, desk.alert),
    clear: () => {
      stop.current?.abort();
      setSelection(none);
      setAll(undefined);
    },
    all: () => {
      if ((desk.total ?? 0) <= mostPicked) {
        void gather(undefined).then((rows) => setSelection((before) => added(before, rows, before.anchor)));
        return;
      }
      void api.extent(query).then((extent) => {
        setSelection(none);
        setAll({ ...extent, except: new Set() });
      }, () => undefined);
    },
    gather,
    gathering,
    pick: {
      has: (line) => (all ? isGroup(line) || isOf(all, line.id) : isGroup(line) ? selection.groups.has(line.key) : selection.picked.has(line.id)),
      toggle,
    },
  }), [selection, desk, gather, gathering, toggle, all, query]);
}

async function* picked(query: AlertQuery, all: All, signal: AbortSignal): AsyncGenerator<Alert[]> {
  for await (const page of api.every(query, all.until, signal)) yield page.filter(({ id }) => isOf(all, id));
}
