// Twelve hues far enough apart to be told at a glance; the band is a second sign beside the name, never the only one.
const hues = [200, 25, 280, 145, 340, 60, 235, 5, 170, 310, 95, 260];

/** A customer's colour: the same for everybody, always. */
export function colour(id: string): string {
  let hash = 2166136261;
  for (const char of id) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16777619) >>> 0;
  const hue = hues[hash % hues.length] ?? 200;
  return `hsl(${hue} 62% 46%)`;
}
