/** How a customer is told from the others at a glance: a colour, and where there are more customers than colours a pattern. */
export interface Look {
  colour: string;
  pattern: Pattern;
}
export const patterns = ['even', 'stripes', 'bars', 'checks'] as const;
export type Pattern = (typeof patterns)[number];

// Hue, saturation, lightness: as far from one another as the eye allows where white text must stand on all of them; farthest first.
const tones: [number, number, number][] = [
  [205, 85, 40], [0, 95, 46], [5, 55, 22], [295, 95, 43], [120, 85, 28], [260, 95, 31], [320, 40, 40], [260, 95, 55], [175, 55, 22], [40, 95, 31], [0, 95, 31],
  [325, 95, 43], [240, 95, 46], [295, 95, 22], [265, 55, 58], [230, 40, 25], [245, 40, 46], [35, 70, 25], [285, 85, 37], [175, 95, 25], [220, 95, 49],
  [355, 40, 52], [330, 95, 25], [120, 70, 22],
];

export const colours = tones.map(([h, s, l]) => `hsl(${h} ${s}% ${l}%)`);

/**
 * Gives every customer its own look. Each has a place by its id and moves on where an older one stands, so that a customer keeps its look
 * when others come, and as a rule when others go.
 */
export function looks(ids: readonly string[]): Map<string, Look> {
  const places = new Map<number, string>();
  const all = new Map<string, Look>();
  for (const id of [...ids].sort()) {
    const start = hash(id) % colours.length;
    let place = start;
    for (let tried = 0; places.has(place); tried++) {
      const lap = Math.floor(tried / colours.length);
      place = lap * colours.length + ((start + tried) % colours.length);
    }
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
