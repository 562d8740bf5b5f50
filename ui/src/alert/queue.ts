// The order in which a person works through alerts: the list they came from, kept for this tab.

const key = 'isoc.alert.queue';
const most = 500;

/** Remembers the rows of a list, around the one that is opened. */
export function rememberQueue(ids: readonly string[], opened: string): void {
  const at = Math.max(0, ids.indexOf(opened));
  const from = Math.max(0, Math.min(at - most / 2, ids.length - most));
  try {
    sessionStorage.setItem(key, ids.slice(from, from + most).join(','));
  } catch {
    // without storage there is no way through the queue, and nothing else is lost
  }
}

export interface Neighbours {
  before?: string;
  after?: string;
  at: number;
  of: number;
}

/** The alerts beside this one in the list it was opened from; nothing where it came from elsewhere. */
export function neighbours(id: string): Neighbours | undefined {
  let ids: string[];
  try {
    ids = (sessionStorage.getItem(key) ?? '').split(',').filter(Boolean);
  } catch {
    return undefined;
  }
  const at = ids.indexOf(id);
  return at < 0 || ids.length < 2 ? undefined : { before: ids[at - 1], after: ids[at + 1], at: at + 1, of: ids.length };
}
