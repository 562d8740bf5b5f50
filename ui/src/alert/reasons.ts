const kept = 12;

/** Reasons this person gave lately in this browser, the last first. */
export function recentReasons(username: string): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key(username)) ?? '[]');
    return Array.isArray(stored) ? stored.filter((each): each is string => typeof each === 'string').slice(0, kept) : [];
  } catch {
    return [];
  }
}

export function rememberReason(username: string, reason: string): void {
  const next = [reason, ...recentReasons(username).filter((each) => each !== reason)].slice(0, kept);
  try {
    localStorage.setItem(key(username), JSON.stringify(next));
  } catch {
    // Nothing is remembered then.
  }
}

function key(username: string): string {
  return `isoc.reasons.${username}`;
}
