import { useSyncExternalStore } from 'react';

/** One choice of the person at this browser: kept in its storage, the same in all of its tabs. */
export interface Preference<T> {
  get: () => T;
  set: (next: T) => void;
  use: () => T;
}

interface Options<T> {
  key: string;
  /** Reads what was stored; what does not fit is the default. Must return the same value for the same text. */
  read: (stored: string | null) => T;
  /** What to store; null stores nothing, which is the default. */
  write: (value: T) => string | null;
  /** Told of the value at the start and at every change. */
  apply?: (value: T) => void;
}

export function preference<T>({ key, read, write, apply }: Options<T>): Preference<T> {
  const listeners = new Set<() => void>();
  let text = load(key);
  let value = read(text);
  const take = (next: string | null) => {
    if (next === text) return;
    text = next;
    value = read(next);
    apply?.(value);
    for (const tell of [...listeners]) tell();
  };
  window.addEventListener('storage', (event) => {
    if (event.key === key || event.key === null) take(load(key));
  });
  apply?.(value);
  const subscribe = (tell: () => void) => {
    listeners.add(tell);
    return () => void listeners.delete(tell);
  };
  const get = () => value;
  return {
    get,
    set: (next) => {
      const stored = write(next);
      save(key, stored);
      take(stored);
    },
    use: () => useSyncExternalStore(subscribe, get),
  };
}

function load(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // Storage is switched off: choices last as long as the page.
  }
}

function save(key: string, text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    // As above.
  }
}
