import { useCallback, useEffect, useRef, useState } from 'react';
import { ask, client } from '../client';
import { useLive, type LiveAlert } from '../kit/live';
import { levels, type Level } from '../kit/severity';
import { states, type AlertQuery } from './params';
import type { Patch } from './snapshot';
import type { Desk } from './use-desk';

export interface News {
  count: number;
  /** There are more than were looked at. */
  more: boolean;
  worst: Level;
}

const soon = 1_000; // ms in which changes are gathered
const looked = 100; // alerts

/** What came after the snapshot of a list, and keeps the rows on the screen up to date. */
export function useNews(query: AlertQuery, desk: Desk) {
  const { until } = desk.main.now().snapshot;
  const [found, setFound] = useState<{ until: string; news: News }>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const changed = useRef(new Set<string>());
  const current = useRef({ query, desk });
  useEffect(() => {
    current.current = { query, desk };
  });
  const look = useCallback(async () => {
    const { query, desk } = current.current;
    const { waiting, snapshot } = desk.main.now();
    const ids = changed.current;
    changed.current = new Set();
    for (const store of desk.stores) void store.renew(ids.size > 0 ? ids : undefined).catch(() => undefined);
    desk.recount();
    if (waiting) return;
    const page = await ask(client.GET('/api/v1/alerts', { params: { query: { ...query, sort: 'newest', limit: looked } } }));
    const fresh = page.items.filter((row) => row.id > snapshot.until);
    const worst = levels.find((level) => fresh.some((row) => row.rule.level === level));
    setFound(worst ? { until: snapshot.until, news: { count: fresh.length, more: fresh.length === looked, worst } } : undefined);
  }, []);
  const tell = useCallback((ids: Iterable<string>) => {
    for (const id of ids) changed.current.add(id);
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      void look().catch(() => undefined);
    }, soon);
  }, [look]);
  useEffect(() => () => {
    clearTimeout(timer.current);
    timer.current = undefined;
  }, []);
  useLive({
    alerts: (changes) => {
      const mine = changes.filter((change) => !query.tenant || change.tenant === query.tenant);
      if (mine.length === 0) return;
      const moved = mine.filter((change) => change.change !== 'raised');
      for (const store of desk.stores) store.patch(new Map(moved.map((change) => [change.id, patchOfLive(change)])));
      tell(mine.map((change) => change.id));
    },
    resync: () => tell([]),
  });
  // News of an older snapshot are in the list already.
  return found && found.until === until ? found.news : undefined;
}

// What the news themselves say; the rest follows when the rows on the screen are asked for anew.
function patchOfLive({ state, version, risk, last_at }: LiveAlert): Patch {
  const known = states.find((each) => each === state);
  return known ? { state: known, version, risk, last_at } : {};
}
