// Queries of before, of one person in one browser.

const most = 50;

function key(user: string): string {
  return `isoc.queries.${user}`;
}

export function recent(user: string): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key(user)) ?? '[]');
    return Array.isArray(stored) ? stored.filter((each): each is string => typeof each === 'string' && each.length <= 16384).slice(0, most) : [];
  } catch {
    return [];
  }
}

/** Puts a query before the others. */
export function remember(user: string, query: string): void {
  if (query.trim() === '') return;
  try {
    localStorage.setItem(key(user), JSON.stringify([query, ...recent(user).filter((each) => each !== query)].slice(0, most)));
  } catch {
    // Storage is full or switched off: the query is forgotten.
  }
}
