/** How a customer is told from the others at a glance: a colour, and where there are more customers than colours a pattern. */
export interface Look {
  colour: string;
  pattern: Pattern;
}
export const patterns = ['even', 'stripes', 'bars', 'checks'] as const;
export type Pattern = (typeof patterns)[number];

// Hue, saturation, lightness: as far from one another as the eye allows where white text must stand on all of them; farthest first.
// No bright red: it says danger, not whose data this is.
const tones: [number, number, number][] = [
  [205, 85, 40], [0, 95, 20], [320, 95, 44], [240, 95, 26], [120, 95, 26], [30, 95, 36], [275, 95, 50], [240, 95, 50], [290, 95, 26], [175, 55, 20],
  [310, 25, 44], [230, 55, 40], [275, 40, 20], [35, 85, 24], [335, 95, 30], [165, 25, 38], [295, 70, 40], [255, 55, 58], [265, 95, 42], [315, 25, 30],
  [225, 95, 56], [55, 95, 24], [120, 85, 20], [240, 95, 38],
];

export const colours = tones.map(([h, s, l]) => `hsl(${h} ${s}% ${l}%)`);

/**
 * Gives every customer its own look. Each has a place by its id and moves on where an older one stands, so that a customer keeps its look
 * when others come, and as a rule when others go.
 */
export function looks(ids: readonly string[]): Map<string, Look> {
  const places = new Map<number, string>();
  const tried = colours.map(() => 0); // how far those before went on from each place: thousands of customers take it up there
  const all = new Map<string, Look>();
  for (const id of [...ids].sort()) {
    const start = hash(id) % colours.length;
    const at = () => Math.floor(tried[start]! / colours.length) * colours.length + ((start + tried[start]!) % colours.length);
    while (places.has(at())) tried[start]!++;
    const place = at();
    places.set(place, id);
    all.set(id, lookAt(place));
  }
  return all;
}

function lookAt(place: number): Look {
  return {
    colour: colours[place % colours.length] ?? '#59626c',
    pattern: patterns[Math.floor(place / colours.length) % patterns.length] ?? 'even',
  };
}

/** The look of a customer that the person does not see among the others. */
export function lookOf(id: string): Look {
  return lookAt(hash(id) % colours.length);
}

function hash(id: string): number {
  let sum = 2166136261;
  for (const char of id) sum = Math.imul(sum ^ (char.codePointAt(0) ?? 0), 16777619) >>> 0;
  return sum;
}

/** The character that stands in a customer's mark: the first of its name that is a letter or a figure. */
export function initial(name: string): string {
  return (/[\p{L}\p{N}]/u.exec(name)?.[0] ?? '?').toUpperCase();
}
