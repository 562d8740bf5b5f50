/** What the label of a moment on a chart's axis shows: clock within a day, date and clock over days, date alone over weeks. */
export type Grain = 'clock' | 'both' | 'date';

/** The grain that labels over a span of time need. */
export function grainOf(span: number): Grain {
  const hour = 3600e3;
  if (span <= 26 * hour) return 'clock';
  return span <= 8 * 24 * hour ? 'both' : 'date';
}

/** "14:05", "11-23 14:05" or "11-23" of an absolute time written as 2026-11-23 14:05:09. */
export function axisLabel(absolute: string, grain: Grain): string {
  switch (grain) {
    case 'clock': return absolute.slice(11, 16);
    case 'both': return absolute.slice(5, 16);
    case 'date': return absolute.slice(5, 10);
  }
}
