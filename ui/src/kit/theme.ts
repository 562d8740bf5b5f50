import { useSyncExternalStore } from 'react';

/** What the person chose; "system" follows the operating system. */
export const choices = ['light', 'dark', 'system'] as const;
export type Choice = (typeof choices)[number];
export type Mode = 'light' | 'dark';

const key = 'isoc.theme';
const system = window.matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

export function choice(): Choice {
  try {
    const stored = localStorage.getItem(key);
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  } catch {
    return 'system';
  }
}

export function mode(): Mode {
  const c = choice();
  if (c !== 'system') return c;
  return system.matches ? 'dark' : 'light';
}

export function choose(next: Choice): void {
  try {
    if (next === 'system') localStorage.removeItem(key);
    else localStorage.setItem(key, next);
  } catch {
    // Storage is switched off: the choice lasts as long as the page.
  }
  apply();
}

function apply(): void {
  document.documentElement.dataset.theme = mode();
  for (const tell of listeners) tell();
}

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  system.addEventListener('change', apply);
  return () => {
    listeners.delete(tell);
    if (listeners.size === 0) system.removeEventListener('change', apply);
  };
}

export function useMode(): Mode {
  return useSyncExternalStore(subscribe, mode);
}

export function useChoice(): Choice {
  return useSyncExternalStore(subscribe, choice);
}
