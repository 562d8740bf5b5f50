import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { Level } from './severity';

/** One change of an alert, as GET /api/v1/live tells it. */
export interface LiveAlert {
  id: string;
  tenant: string;
  change: 'raised' | 'fired' | 'moved' | 'assigned';
  level: Level;
  state: string;
  version: number;
  risk: number;
  last_at: string;
}

/** live: told at once; connecting: soon again; off: cannot be reached, so pages are asked to read anew now and then. */
export type LiveState = 'live' | 'connecting' | 'off';

export interface LiveHandlers {
  alerts?: (changes: LiveAlert[]) => void;
  health?: (status: string) => void;
  /** What is shown may be stale: read it anew. */
  resync?: () => void;
}

/** The part of EventSource that is used, so that tests need no network. */
export interface Source {
  onopen: (() => void) | null;
  onerror: (() => void) | null;
  addEventListener: (name: string, listener: (event: MessageEvent<string>) => void) => void;
  close: () => void;
}

const backoff = { first: 1_000, most: 30_000 }; // ms
const patience = 3; // attempts that fail before the state is off
const poll = 15_000; // ms between resyncs while off
const linger = 5_000; // ms that the connection outlives its last listener: pages change
const hiddenFor = 30_000; // ms; a browser opens six connections to a host, so tabs nobody sees give theirs back

/**
 * The one connection of a tab. It is open while somebody listens and the tab is seen; after a pause it tells every listener to
 * read anew, since nobody knows what was missed.
 */
export class LiveConnection {
  private listeners = new Set<LiveHandlers>();
  private watchers = new Set<() => void>();
  private source?: Source;
  private failures = 0;
  private missed = false;
  private current: LiveState = 'connecting';
  private retry?: ReturnType<typeof setTimeout>;
  private polling?: ReturnType<typeof setInterval>;
  private leaving?: ReturnType<typeof setTimeout>;

  constructor(private readonly connect: () => Source) {}

  get state(): LiveState {
    return this.current;
  }

  /** Calls back when the state changes. */
  watch = (changed: () => void): (() => void) => {
    this.watchers.add(changed);
    return () => this.watchers.delete(changed);
  };

  listen(handlers: LiveHandlers): () => void {
    this.listeners.add(handlers);
    clearTimeout(this.leaving);
    this.leaving = undefined;
    this.open();
    return () => {
      this.listeners.delete(handlers);
      if (this.listeners.size === 0) this.leaving = setTimeout(() => this.close(), linger);
    };
  }

  /** The tab came into sight or went out of it. */
  seen(visible: boolean): void {
    clearTimeout(this.leaving);
    this.leaving = undefined;
    if (!visible) {
      this.leaving = setTimeout(() => this.close(), hiddenFor);
      return;
    }
    if (this.listeners.size > 0) this.open();
  }

  private open(): void {
    if (this.source || this.retry !== undefined) return;
    const source = this.connect();
    this.source = source;
    source.onopen = () => this.opened();
    source.onerror = () => this.failed();
    source.addEventListener('alert', (event) => this.tellAlerts([JSON.parse(event.data) as LiveAlert]));
    source.addEventListener('alerts', (event) => this.tellAlerts(JSON.parse(event.data) as LiveAlert[]));
    source.addEventListener('health', (event) => {
      const { status } = JSON.parse(event.data) as { status: string };
      for (const l of [...this.listeners]) l.health?.(status);
    });
    source.addEventListener('resync', () => this.resync());
  }

  private opened(): void {
    this.failures = 0;
    clearInterval(this.polling);
    this.polling = undefined;
    this.become('live');
    if (this.missed) this.resync();
    this.missed = true; // from now on whatever interrupts makes listeners read anew
  }

  private failed(): void {
    this.source?.close();
    this.source = undefined;
    this.failures++;
    this.missed = true;
    this.become(this.failures >= patience ? 'off' : 'connecting');
    if (this.current === 'off') this.polling ??= setInterval(() => this.resync(), poll);
    const wait = Math.min(backoff.most, backoff.first * 2 ** (this.failures - 1));
    this.retry = setTimeout(() => {
      this.retry = undefined;
      this.open();
    }, wait * (0.75 + Math.random() / 2)); // so that tabs do not come back all at once
  }

  private close(): void {
    clearTimeout(this.retry);
    clearInterval(this.polling);
    this.retry = this.polling = this.leaving = undefined;
    this.source?.close();
    this.source = undefined;
    this.failures = 0;
    this.become('connecting');
  }

  private tellAlerts(changes: LiveAlert[]): void {
    for (const l of [...this.listeners]) l.alerts?.(changes);
  }

  private resync(): void {
    for (const l of [...this.listeners]) l.resync?.();
  }

  private become(state: LiveState): void {
    if (state === this.current) return;
    this.current = state;
    for (const changed of [...this.watchers]) changed();
  }
}

let shared: LiveConnection | undefined;

function connection(): LiveConnection {
  if (!shared) {
    const made = new LiveConnection(() => new EventSource('/api/v1/live') as unknown as Source);
    document.addEventListener('visibilitychange', () => made.seen(document.visibilityState === 'visible'));
    shared = made;
  }
  return shared;
}

/** Tells what happens while the component is on the screen. Handlers may change from render to render. */
export function useLive(handlers: LiveHandlers): void {
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  useEffect(() => connection().listen({
    alerts: (changes) => latest.current.alerts?.(changes),
    health: (status) => latest.current.health?.(status),
    resync: () => latest.current.resync?.(),
  }), []);
}

/** Whether pages are told at once. */
export function useLiveState(): LiveState {
  return useSyncExternalStore(connection().watch, () => connection().state);
}
