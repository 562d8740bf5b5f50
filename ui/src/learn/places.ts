import type { Span } from '../kit/highlight';

const within = /[\p{L}\p{N}_]/u;
const most = 20; // places of one value

/**
 * Where the value of a field stands in a line: behind its name where the line has names, else wherever one of the values stands by
 * itself.
 */
export function placesOf(raw: string, structure: string, name: string, values: readonly string[]): Span[] {
  if (structure === 'kv' || structure === 'json' || structure === 'colon') {
    const named = behindName(raw, name) ?? behindName(raw, name.slice(name.lastIndexOf('.') + 1));
    if (named) return [named];
  }
  return values.flatMap((value) => standing(raw, value)).slice(0, most);
}

function behindName(raw: string, name: string): Span | undefined {
  if (name === '') return undefined;
  for (let at = raw.indexOf(name); at >= 0; at = raw.indexOf(name, at + 1)) {
    if (at > 0 && within.test(raw[at - 1] ?? '')) continue;
    const rest = raw.slice(at + name.length);
    const assign = /^["']?\s*[=:\uff1a]\s*/.exec(rest);
    if (!assign) continue;
    const from = at + name.length + assign[0].length;
    const value = /^"((?:[^"\\]|\\.)*)"|^'([^']*)'|^[^\s,;|}\]\uff0c\uff1b]+/.exec(raw.slice(from));
    if (!value) continue;
    const quoted = value[1] ?? value[2];
    return quoted === undefined ? [from, from + value[0].length] : [from + 1, from + 1 + quoted.length];
  }
  return undefined;
}

function standing(raw: string, value: string): Span[] {
  const places: Span[] = [];
  if (value === '') return places;
  for (let at = raw.indexOf(value); at >= 0 && places.length < most; at = raw.indexOf(value, at + value.length)) {
    const end = at + value.length;
    if (at > 0 && within.test(raw[at - 1] ?? '') && within.test(value[0] ?? '')) continue;
    if (within.test(raw[end] ?? '') && within.test(value[value.length - 1] ?? '')) continue;
    places.push([at, end]);
  }
  return places;
}
