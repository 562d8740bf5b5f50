import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { ask, client, type Alert } from '../client';
import { useMe } from '../identity/session';
import * as api from './desk-api';
import { inPlace, withMore, type AlertGroup, type AlertGroups } from './desk-api';
import { fits, ofGroup, type AlertQuery, type Grouping } from './params';
import { RowStore, type Standing } from './row-store';

/** A line of the list: an alert, or a group that unfolds its alerts. */
export type Line = Alert | AlertGroup;

export function isGroup(line: Line): line is AlertGroup {
  return 'worst_level' in line;
}

export const groupsKey = ['alert-groups'];
const nearEnd = 40; // lines before the last one at which further groups are loaded

export interface Desk {
  count: number;
  line: (index: number) => Line | undefined;
  /** The group that a line stands in; undefined where nothing is grouped. */
  groupAt: (index: number) => AlertGroup | undefined;
  seen: (first: number, end: number) => void;
  /** Index of an alert among the loaded lines, or -1. */
  find: (id: string) => number;
  /** An alert as it is shown now. */
  alert: (id: string) => Alert | undefined;
  range: (first: number, last: number) => Promise<Alert[]>;
  /** Every alert of the list, or of one group, at most so many. */
  all: (group: AlertGroup | undefined, most: number, said: (done: number, of: number) => void, signal: AbortSignal) => Promise<Alert[]>;
  stores: RowStore[];
  left: (id: string) => boolean;
  refresh: () => void;
  /** Brings the figures of groups up to date, where they stand. */
  recount: () => void;
  retry: () => void;
  /** Alerts in all, folded or not. */
  total: number | undefined;
  groups: number | undefined;
  waiting: boolean;
  error: unknown;
  drifted: boolean;
  until: string;
  main: RowStore;
  open: ReadonlySet<string>;
  toggle: (key: string, to?: boolean) => void;
}

function storeFor(queries: QueryClient, query: AlertQuery, me: string): RowStore {
  const key = ['alert-rows', query];
  const kept = queries.getQueryData<RowStore>(key);
  if (kept) return kept;
  const store = new RowStore(
    (window, signal) => ask(client.GET('/api/v1/alerts', { params: { query: { ...query, ...window } }, signal })),
    (row) => fits(row, query, me),
  );
  queries.setQueryData(key, store);
  return store;
}

/** The list of alerts behind a query: its rows, or its groups with the rows of those that are unfolded. */
export function useDesk(query: AlertQuery, by: Grouping | undefined): Desk {
  const queries = useQueryClient();
  const me = useMe().username;
  const text = JSON.stringify(query);
  const main = useMemo(() => storeFor(queries, JSON.parse(text) as AlertQuery, me), [queries, text, me]);
  const [unfolded, setUnfolded] = useState<{ of: string; keys: ReadonlySet<string> }>({ of: '', keys: new Set() });
  const list = `${by} ${text}`;
  const open = useMemo(() => (unfolded.of === list ? unfolded.keys : new Set<string>()), [unfolded, list]);
  const groups = useQuery({
    queryKey: [...groupsKey, by, query],
    queryFn: ({ signal, queryKey }) => api.groupsAgain(query, by!, queries.getQueryData<AlertGroups>(queryKey)?.items.length ?? 0, signal),
    enabled: by !== undefined,
    staleTime: 30_000,
  });
  const rows = useMemo(() => {
    const kept = by ? groups.data?.items ?? [] : [];
    return new Map(kept.filter((group) => open.has(group.key)).map((group) => [group.key, storeFor(queries, ofGroup(JSON.parse(text) as AlertQuery, by!, group.key), me)]));
  }, [by, groups.data, open, queries, text, me]);
  const stores = useMemo(() => (by ? [...rows.values()] : [main]), [by, rows, main]);
  const standings = useStandings(stores);
  useEffect(() => {
    for (const store of stores) {
      if (store.now().waiting && !store.now().refreshing) void store.refresh();
    }
  }, [stores]);
  useEffect(() => () => main.stop(), [main]);

  const loading = useRef(false);
  const last = useRef<AlertGroups>(undefined); // after which nothing came
  const more = useCallback(() => {
    const key = [...groupsKey, by, query];
    const known = queries.getQueryData<AlertGroups>(key);
    if (!by || !known || loading.current || known === last.current || known.items.length >= known.total_groups) return;
    loading.current = true;
    void api.groups(query, by, new AbortController().signal, known.items.length).then((next) => {
      const all = withMore(queries.getQueryData<AlertGroups>(key) ?? known, next);
      queries.setQueryData<AlertGroups>(key, all);
      if (all.items.length <= known.items.length) last.current = all;
    }, () => undefined).finally(() => {
      loading.current = false;
    });
  }, [queries, by, query]);

  return useMemo(() => {
    const lines = by ? groupLines(groups.data?.items, rows) : undefined;
    const standing = standings[0];
    const locate = (index: number) => lines?.locate(index);
    const find = (id: string) => {
      if (!lines) return main.find(id);
      for (const [key, store] of rows) {
        const at = store.find(id);
        if (at >= 0) return lines.start(key) + 1 + at;
      }
      return -1;
    };
    const line = (index: number): Line | undefined => {
      if (!lines) return main.row(index);
      const place = locate(index);
      return place && (place.row < 0 ? place.group : rows.get(place.group.key)?.row(place.row));
    };
    const first = by === undefined ? standing : undefined;
    return {
      count: lines ? lines.count : standing?.snapshot.total ?? 0,
      line,
      groupAt: (index) => locate(index)?.group,
      seen: (from, end) => {
        if (!lines) return main.seen(from, end);
        if (end >= lines.count - nearEnd) more();
        for (const [key, store] of rows) {
          const start = lines.start(key) + 1;
          store.seen(Math.max(0, from - start), Math.max(0, end - start));
        }
      },
      find,
      alert: (id) => {
        for (const store of stores) {
          const at = store.find(id);
          if (at >= 0) return store.row(at);
        }
        return undefined;
      },
      range: async (from, last) => {
        if (!lines) return main.range(from, last);
        return Array.from({ length: last - from + 1 }, (_, i) => line(from + i)).filter((each): each is Alert => each !== undefined && !isGroup(each));
      },
      all: async (group, most, said, signal) => {
        const whole = group && by ? ofGroup(query, by, group.key) : query;
        return everyAlert(whole, group ? undefined : main.now().snapshot.until || undefined, most, said, signal);
      },
      stores,
      left: (id) => standings.some(({ snapshot }) => snapshot.left.has(id)),
      refresh: () => {
        if (by) void groups.refetch();
        for (const store of stores) void store.refresh();
      },
      recount: () => {
        if (!by) return;
        const loaded = queries.getQueryData<AlertGroups>([...groupsKey, by, query])?.items.length ?? 0;
        void api.groupsAgain(query, by, loaded, new AbortController().signal).then((now) => {
          queries.setQueryData<AlertGroups>([...groupsKey, by, query], (before) => inPlace(before, now));
        }, () => undefined);
      },
      retry: () => {
        if (by && groups.error) void groups.refetch();
        for (const store of stores) if (store.now().error !== undefined) store.retry();
      },
      total: by ? groups.data?.total : first?.waiting ? undefined : first?.snapshot.total,
      groups: by ? groups.data?.total_groups : undefined,
      waiting: by ? groups.isPending : first?.waiting ?? true,
      error: (by ? groups.error ?? undefined : undefined) ?? standings.find(({ error }) => error !== undefined)?.error,
      drifted: standings.some(({ snapshot }) => snapshot.drifted),
      until: first?.snapshot.until ?? '',
      main,
      open,
      toggle: (key, to) => setUnfolded((before) => {
        const keys = new Set(before.of === list ? before.keys : []);
        if (to ?? !keys.has(key)) keys.add(key);
        else keys.delete(key);
        return { of: list, keys };
      }),
    };
  }, [by, groups, rows, standings, stores, main, open, list, query, queries, more]);
}

interface Lines {
  count: number;
  start: (key: string) => number;
  locate: (index: number) => { group: AlertGroup; row: number } | undefined;
}

// Groups stand one under the other, each with its rows below where it is unfolded.
function groupLines(groups: AlertGroup[] | undefined, rows: ReadonlyMap<string, RowStore>): Lines {
  const starts: number[] = [];
  const byKey = new Map<string, number>();
  let at = 0;
  for (const group of groups ?? []) {
    starts.push(at);
    byKey.set(group.key, at);
    const standing = rows.get(group.key)?.now();
    at += 1 + (standing ? (standing.waiting ? group.count : standing.snapshot.total) : 0);
  }
  return {
    count: at,
    start: (key) => byKey.get(key) ?? 0,
    locate: (index) => {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if (starts[middle]! <= index) low = middle;
        else high = middle - 1;
      }
      const group = groups?.[low];
      return group && index < at ? { group, row: index - starts[low]! - 1 } : undefined;
    },
  };
}

// Several stores as one: the list of their standings is the same object until one of them changes.
function together(stores: RowStore[]) {
  let last: Standing[] = [];
  return {
    subscribe: (tell: () => void) => {
      const ends = stores.map((store) => store.subscribe(tell));
      return () => ends.forEach((end) => end());
    },
    now: () => {
      const next = stores.map((store) => store.now());
      if (next.length !== last.length || next.some((each, i) => each !== last[i])) last = next;
      return last;
    },
  };
}

function useStandings(stores: RowStore[]): Standing[] {
  const source = useMemo(() => together(stores), [stores]);
  return useSyncExternalStore(source.subscribe, source.now);
}

const mostPerPage = 500;

async function everyAlert(
  query: AlertQuery, until: string | undefined, most: number, said: (done: number, of: number) => void, signal: AbortSignal,
): Promise<Alert[]> {
  const rows = new Map<string, Alert>();
  for (let offset = 0; offset < most; offset += mostPerPage) {
    const page = await ask(client.GET('/api/v1/alerts', { params: { query: { ...query, until, offset, limit: Math.min(mostPerPage, most - offset) } }, signal }));
    for (const row of page.items) rows.set(row.id, row);
    said(rows.size, Math.min(page.total, most));
    if (page.items.length === 0 || offset + page.items.length >= page.total) break;
  }
  return [...rows.values()];
}
