import { useCallback, useEffect, useReducer, useRef } from 'react';
import type { FlatEvent } from '../client';
import { asText } from '../kit/fields';

export interface Live {
  state: 'connecting' | 'on' | 'ended';
  /** Newest arrival first. */
  rows: FlatEvent[];
  /** Arrived while paused. */
  held: FlatEvent[];
  paused: boolean;
  /** Arrived, and were too many to be sent or kept. */
  skipped: number;
}

type Change =
  | { is: 'start' } | { is: 'open' } | { is: 'lost' } | { is: 'end' }
  | { is: 'events'; events: FlatEvent[] } | { is: 'caught-up'; events: FlatEvent[] }
  | { is: 'skipped'; count: number } | { is: 'pause'; paused: boolean };

const most = 2000; // rows kept on the page

const empty: Live = { state: 'connecting', rows: [], held: [], paused: false, skipped: 0 };

/** How the view changes by what arrives. Every event is shown once, however often it comes. */
export function reduce(live: Live, change: Change): Live {
  switch (change.is) {
    case 'start': return empty;
    case 'open': return { ...live, state: 'on' };
    case 'lost': return { ...live, state: 'connecting' };
    case 'end': return { ...live, state: 'ended' };
    case 'skipped': return { ...live, skipped: live.skipped + change.count };
    case 'pause':
      return change.paused ? { ...live, paused: true } : { ...live, paused: false, rows: [...live.held, ...live.rows].slice(0, most), held: [] };
    case 'events': {
      const fresh = unseen(change.events, live).reverse();
      if (fresh.length === 0) return live;
      if (!live.paused) return { ...live, rows: [...fresh, ...live.rows].slice(0, most) };
      const held = [...fresh, ...live.held];
      return { ...live, held: held.slice(0, most), skipped: live.skipped + Math.max(0, held.length - most) };
    }
    case 'caught-up': {
      // Of what the archive has, newest first: at the first time what was before, later what a broken line missed.
      const missing = unseen(change.events, live);
      const oldest = live.rows[live.rows.length - 1];
      const cut = oldest ? missing.findIndex((event) => asText(event['@timestamp']) < asText(oldest['@timestamp'])) : 0;
      const at = cut < 0 ? missing.length : cut;
      return { ...live, rows: [...missing.slice(0, at), ...live.rows, ...missing.slice(at)].slice(0, most) };
    }
  }
}

function unseen(events: FlatEvent[], live: Live): FlatEvent[] {
  const known = new Set([...live.rows, ...live.held].map((event) => event['event.id']));
  return events.filter((event) => !known.has(event['event.id']) && known.add(event['event.id']));
}

const settle = 1500; // ms after which the archive shows what was taken before the line stood

/** Watches events arrive while it is on. catchUp reads the newest events that the archive has. */
export function useLive(on: boolean, query: string, tenants: string[] | undefined, catchUp: () => Promise<FlatEvent[]>) {
  const [live, change] = useReducer(reduce, empty);
  const catching = useRef(catchUp);
  useEffect(() => {
    catching.current = catchUp;
  });
  const slugs = tenants?.join(',') ?? '';
  useEffect(() => {
    if (!on) return;
    change({ is: 'start' });
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const line = new EventSource(`/api/v1/search/tail?${new URLSearchParams({ query, tenants: slugs }).toString()}`);
    line.addEventListener('open', () => {
      change({ is: 'open' });
      clearTimeout(timer);
      timer = setTimeout(() => void catching.current().then((events) => !over && change({ is: 'caught-up', events }), () => undefined), settle);
    });
    line.addEventListener('events', (event) => change({ is: 'events', events: JSON.parse(event.data as string) as FlatEvent[] }));
    line.addEventListener('skipped', (event) => change({ is: 'skipped', count: (JSON.parse(event.data as string) as { count: number }).count }));
    line.addEventListener('end', (event) => {
      if ((JSON.parse(event.data as string) as { reason: string }).reason === 'time') return; // the browser connects again
      line.close();
      change({ is: 'end' });
    });
    line.addEventListener('error', () => change({ is: line.readyState === EventSource.CLOSED ? 'end' : 'lost' }));
    return () => {
      over = true;
      clearTimeout(timer);
      line.close();
    };
  }, [on, query, slugs]);
  const pause = useCallback((paused: boolean) => change({ is: 'pause', paused }), []);
  return { live, pause };
}
