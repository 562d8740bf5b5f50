interface Point {
  at: string;
  levels: Record<string, number>;
}

const most = 400; // steps; beyond it the span is not what the server counted over

/** Steps without gaps over a span of time: the server leaves out those in which nothing was. Bounds may be missing. */
export function filled(points: Point[], width: number, from: number | undefined, to: number | undefined): { at: number; levels: Record<string, number> }[] {
  const known = new Map(points.map((point) => [Date.parse(point.at), point.levels]));
  const times = [...known.keys()].sort((a, b) => a - b);
  const first = times[0];
  const last = times[times.length - 1];
  if (first === undefined || last === undefined || width <= 0) return [];
  const begin = from === undefined ? first : first - Math.ceil(Math.max(0, first - from) / width) * width;
  const end = to === undefined ? last : last + Math.max(0, Math.ceil((to - last) / width) - 1) * width;
  const steps = Math.round((end - begin) / width) + 1;
  if (steps > most) return times.map((at) => ({ at, levels: known.get(at) ?? {} }));
  return Array.from({ length: steps }, (_, i) => ({ at: begin + i * width, levels: known.get(begin + i * width) ?? {} }));
}
