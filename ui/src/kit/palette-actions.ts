import { useEffect, useRef } from 'react';

/** Something a page lets one do from the command palette while it is on the screen. */
export interface PaletteAction {
  id: string;
  label: string;
  /** More words it is found by. */
  words?: string;
  /** Its key on this page, for the eye. */
  keyName?: string;
  run: () => void;
}

const registered = new Set<{ actions: PaletteAction[] }>();

/** Offers what the page can do in the command palette (Ctrl/⌘ K), above everything else. */
export function usePaletteActions(actions: PaletteAction[]): void {
  const own = useRef({ actions });
  useEffect(() => {
    own.current.actions = actions;
  });
  useEffect(() => {
    const registration = own.current;
    registered.add(registration);
    return () => void registered.delete(registration);
  }, []);
}

/** What the pages on the screen offer just now. */
export function paletteActions(): PaletteAction[] {
  return [...registered].flatMap(({ actions }) => actions);
}
