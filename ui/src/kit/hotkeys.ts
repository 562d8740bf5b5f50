import { useEffect, useRef, useSyncExternalStore } from 'react';

type Run = (event: KeyboardEvent) => void;

/** What a key does, in words for the help. */
export interface Hotkey {
  run: Run;
  what: string;
}

/**
 * Keys by KeyboardEvent.key: one ("j"), two after one another ("g a"), or one held with Ctrl, on a Mac ⌘ ("Mod+k"). Those
 * with words stand in the help.
 */
export type Keys = Record<string, Run | Hotkey>;
export type Scope = 'page' | 'everywhere';

interface Registration {
  keys: Keys;
  scope: Scope;
}

const registered = new Set<Registration>();
const listeners = new Set<() => void>();
const patience = 1500; // ms between the two keys of a sequence
const mac = /Mac|iPhone|iPad/.test(navigator.platform);

let begun = '';
let begunAt = 0;

/** Whether keys belong to a field, a pop-up or a button just now, and not to the page. */
export function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest('input, textarea, select, dialog, [role="dialog"], [role="listbox"], [role="menu"]') !== null;
}

function tell(): void {
  for (const each of listeners) each();
}

function runOf(keys: Keys, name: string): Run | undefined {
  const found = Object.hasOwn(keys, name) ? keys[name] : undefined;
  return typeof found === 'function' ? found : found?.run;
}

function dispatch(event: KeyboardEvent, name: string): boolean {
  let found = false;
  for (const { keys } of [...registered]) {
    const run = runOf(keys, name);
    if (!run || event.defaultPrevented) continue;
    found = true;
    run(event);
  }
  return found;
}

function begins(key: string): boolean {
  return [...registered].some(({ keys }) => Object.keys(keys).some((name) => name.startsWith(`${key} `)));
}

function begin(key: string, at: number): void {
  begun = key;
  begunAt = at;
}

function listen(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const held = mac ? event.metaKey : event.ctrlKey;
  if (held && !event.altKey) dispatch(event, `Mod+${event.key.toLowerCase()}`);
  if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
  if (event.key === 'Shift') return;
  const first = event.timeStamp - begunAt < patience ? begun : '';
  begin('', 0);
  if (first) {
    // The second key of a sequence never does what it does alone.
    if (dispatch(event, `${first} ${event.key}`)) event.preventDefault();
    return;
  }
  if (begins(event.key)) begin(event.key, event.timeStamp);
  else dispatch(event, event.key);
}

/**
 * Keys of a page, or of everywhere. They rest while somebody types, and single ones while Ctrl, Alt or Meta is held. Of one key
 * with several owners all run, until one prevents the default.
 */
export function useHotkeys(keys: Keys, scope: Scope = 'page'): void {
  const own = useRef<Registration>({ keys, scope });
  useEffect(() => {
    const before = summary(own.current.keys);
    own.current.keys = keys;
    own.current.scope = scope;
    if (summary(keys) !== before) tell();
  });
  useEffect(() => {
    const registration = own.current;
    if (registered.size === 0) document.addEventListener('keydown', listen);
    registered.add(registration);
    tell();
    return () => {
      registered.delete(registration);
      if (registered.size === 0) document.removeEventListener('keydown', listen);
      tell();
    };
  }, []);
}

export interface Listed {
  key: string;
  what: string;
  scope: Scope;
}

function summary(keys: Keys): string {
  return Object.entries(keys).map(([key, value]) => (typeof value === 'function' ? '' : `${key}\0${value.what}`)).join('\0');
}

let lastSummary = '';
let lastList: Listed[] = [];

/** Every key that works just now and has words, each once. */
export function hotkeyList(): Listed[] {
  const all = [...registered];
  const now = all.map(({ keys, scope }) => `${scope}\0${summary(keys)}`).join('\0\0');
  if (now === lastSummary) return lastList;
  lastSummary = now;
  const seen = new Set<string>();
  lastList = all.flatMap(({ keys, scope }) =>
    Object.entries(keys).flatMap(([key, value]) => {
      if (typeof value === 'function' || seen.has(key)) return [];
      seen.add(key);
      return [{ key, what: value.what, scope }];
    }),
  );
  return lastList;
}

// Moving about is done by the keys themselves.
const moving = new Set(['j', 'k', 'Enter', '/', 'o', 'x', 'n', 'p']);

/** What the keys of the page on the screen do, to be done by name instead: each runs as if its key was pressed. */
export function pageActions(): (Listed & { run: () => void })[] {
  return hotkeyList()
    .filter(({ key, scope }) => scope === 'page' && !moving.has(key) && !key.startsWith('Arrow') && !key.includes(' '))
    .map((each) => ({ ...each, run: () => void dispatch(new KeyboardEvent('keydown', { key: each.key, cancelable: true }), each.key) }));
}

/** [hotkeyList], kept up to date. */
export function useHotkeyList(): Listed[] {
  return useSyncExternalStore(subscribe, hotkeyList);
}

function subscribe(each: () => void): () => void {
  listeners.add(each);
  return () => void listeners.delete(each);
}

/** A key as it is printed on keyboards: "Mod+k" is ⌘K or Ctrl K. */
export function keyCaps(key: string): string[] {
  if (key.startsWith('Mod+')) return [mac ? '⌘' : 'Ctrl', key.slice(4).toUpperCase()];
  return key.split(' ').filter(Boolean).map((each) => names[each] ?? each);
}

const names: Record<string, string> = { ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→', Escape: 'Esc' };
