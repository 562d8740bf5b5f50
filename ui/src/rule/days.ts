const day = 86_400_000; // ms
const shown = 31; // thirty days reach into one more

/** Counts by day of the last thirty and today, oldest first. */
export function filled(days: readonly { day: string; hits: number }[], now: Date): number[] {
  const last = Math.floor(now.getTime() / day);
  const all = new Array<number>(shown).fill(0);
  for (const each of days) {
    const place = shown - 1 - (last - Math.floor(Date.parse(`${each.day}T00:00:00Z`) / day));
    if (place >= 0 && place < shown) all[place] = each.hits;
  }
  return all;
}

/** Alerts by day of the last thirty and today, oldest first; days without any count none. Slices may be narrower than a day. */
export function daily(slices: readonly { at: string; levels: Record<string, number> }[], now: Date): number[] {
  const last = Math.floor(now.getTime() / day);
  const days = new Array<number>(shown).fill(0);
  for (const { at, levels } of slices) {
    const place = shown - 1 - (last - Math.floor(new Date(at).getTime() / day));
    if (place >= 0 && place < shown) days[place] = days[place]! + Object.values(levels).reduce((sum, n) => sum + n, 0);
  }
  return days;
}
