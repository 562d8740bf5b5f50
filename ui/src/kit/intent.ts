import { useEffect, useRef } from 'react';

// What somebody asked for before the page that does it was there: "new customer" from the palette of any page.
let wanted = '';
const listeners = new Set<() => void>();

export function ask(intent: string): void {
  wanted = intent;
  for (const tell of [...listeners]) tell();
}

/** Runs when the intent is asked for, also when that was just before the page came. */
export function useIntent(intent: string, run: () => void): void {
  const current = useRef(run);
  useEffect(() => {
    current.current = run;
  });
  useEffect(() => {
    const look = () => {
      if (wanted !== intent) return;
      wanted = '';
      current.current();
    };
    look();
    listeners.add(look);
    return () => void listeners.delete(look);
  }, [intent]);
}
