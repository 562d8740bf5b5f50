import { useCallback, useEffect } from 'react';
import { rememberQueue } from './queue';
import { isGroup, type Desk } from './use-desk';

const calm = 140; // ms on a row
const around = 250; // lines to either side

/** Keeps the order of the list for the pages of its alerts, where n and p go on. Returns how to do so at once. */
export function useQueue(desk: Desk, active: number): (opened: string) => void {
  const keep = useCallback((opened?: string) => {
    const ids: string[] = [];
    const from = Math.max(0, active - around);
    for (let i = from; i < Math.min(desk.count, from + 2 * around); i++) {
      const line = desk.line(i);
      if (line && !isGroup(line)) ids.push(line.id);
    }
    if (ids.length > 0) rememberQueue(ids, opened ?? '');
  }, [desk, active]);
  useEffect(() => {
    const timer = setTimeout(keep, calm);
    return () => clearTimeout(timer);
  }, [keep]);
  return keep;
}
