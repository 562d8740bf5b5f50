/** A stretch of text that is or is not one of the marked values. */
export interface Part {
  text: string;
  hit: boolean;
}

/** From where to where something stands in a text. */
export type Span = [start: number, end: number];

const shortest = 2; // a single character would mark half of the line
const mostMarks = 50;

/** Splits text at every occurrence of the values, letter case aside, and at the given places; what overlaps becomes one. */
export function highlight(text: string, values: string[], places: readonly Span[] = []): Part[] {
  const spans = merge([...find(text, values), ...places.filter(([from, to]) => from < to && to <= text.length)]);
  if (spans.length === 0) return text === '' ? [] : [{ text, hit: false }];
  const parts: Part[] = [];
  let from = 0;
  for (const [start, end] of spans) {
    if (start > from) parts.push({ text: text.slice(from, start), hit: false });
    parts.push({ text: text.slice(start, end), hit: true });
    from = end;
  }
  if (from < text.length) parts.push({ text: text.slice(from), hit: false });
  return parts;
}


function find(text: string, values: string[]): Span[] {
  const spans: Span[] = [];
  const haystack = fold(text);
  for (const value of values.slice(0, mostMarks).flatMap(forms)) {
    if (value.length < shortest) continue;
    const needle = fold(value);
    for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, at + needle.length)) {
      spans.push([at, at + needle.length]);
    }
  }
  return spans;
}

// A record in JSON holds the value escaped.
function forms(value: string): string[] {
  const escaped = JSON.stringify(value).slice(1, -1);
  return escaped === value ? [value] : [value, escaped];
}

// Folding must not change the length, or the places found would not be places in the text.
function fold(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text;
}

function merge(spans: Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.sort((a, b) => a[0] - b[0])) {
    const last = merged[merged.length - 1];
    if (last && span[0] <= last[1]) last[1] = Math.max(last[1], span[1]);
    else merged.push([...span]);
  }
  return merged;
}
