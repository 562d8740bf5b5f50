import type { EventReading, RuleNode, RuleTest, RuleTree, Stretch, TestPattern } from '../../client';

/** A line of the rule that made it fire, with the value it matched. */
export interface Fact {
  test: RuleTest;
  /** Field of the event that answered; empty where none has to. */
  field: string;
  value: string;
  /** What matched, as it stands in the value. */
  found: string[];
  patterns: TestPattern[];
}

/**
 * The lines on the true path, in the rule's order: what somebody has to know to see why the rule fired. Lines under a
 * negation are left out: they say what was not there.
 */
export function facts(tree: RuleTree): Fact[] {
  const out: Fact[] = [];
  const walk = (node: RuleNode) => {
    if (!node.holds || node.kind === 'not' || node.repeated) return;
    if (node.test) out.push(factOf(tree, node.test));
    node.kids.forEach(walk);
  };
  walk(tree.root);
  return out;
}

function factOf(tree: RuleTree, test: RuleTest): Fact {
  const patterns = test.patterns.filter((pattern) => pattern.holds);
  const hit = patterns.flatMap((pattern) => pattern.hits)[0];
  const at = tree.values[hit?.value ?? test.values[0] ?? -1];
  return { test, patterns, field: at?.field ?? '', value: at?.value ?? '', found: foundIn(tree, patterns) };
}

/** The texts that patterns matched, each once. */
export function foundIn(tree: RuleTree, patterns: TestPattern[]): string[] {
  const texts = patterns.flatMap((pattern) =>
    pattern.hits.flatMap((hit) => {
      const value = tree.values[hit.value];
      return value ? hit.spans.map((span) => cutOut(value, span)) : [];
    }),
  );
  return [...new Set(texts.filter((text) => text !== ''))];
}

/** The searches that had to be false and are: the exceptions that did not apply. */
export function exceptions(tree: RuleTree): string[] {
  const out: string[] = [];
  const names = (node: RuleNode) => {
    if (node.text) out.push(node.text);
    else node.kids.forEach(names);
  };
  const walk = (node: RuleNode) => {
    if (!node.holds) return;
    if (node.kind === 'not') node.kids.forEach(names);
    else node.kids.forEach(walk);
  };
  walk(tree.root);
  return out;
}

/** The stretch of a value, of which only a window may be here. */
export function cutOut(value: { value: string; skipped: number }, span: Stretch): string {
  return value.value.slice(Math.max(0, span.start - value.skipped), Math.max(0, span.end - value.skipped));
}

/** Something a stretch of text stands for. */
export interface Range extends Stretch {
  hit: boolean;
  /** Field of the event whose value it is. */
  field?: string;
}

/** A stretch with all that it stands for; the pieces of a text follow one another without a gap. */
export interface Piece {
  text: string;
  hit: boolean;
  fields: string[];
}

/** Cuts a text at the ends of all ranges. Of fields at one place the narrowest comes first. */
export function pieces(text: string, ranges: Range[]): Piece[] {
  const inside = ranges.filter((range) => range.start < range.end && range.start >= 0 && range.end <= text.length);
  const cuts = [...new Set([0, text.length, ...inside.flatMap((range) => [range.start, range.end])])].sort((a, b) => a - b);
  const byWidth = [...inside].sort((a, b) => a.end - a.start - (b.end - b.start));
  const out: Piece[] = [];
  for (let i = 0; i + 1 < cuts.length; i++) {
    const [start, end] = [cuts[i] ?? 0, cuts[i + 1] ?? 0];
    const here = byWidth.filter((range) => range.start <= start && range.end >= end);
    out.push({
      text: text.slice(start, end),
      hit: here.some((range) => range.hit),
      fields: [...new Set(here.flatMap((range) => range.field ?? []))],
    });
  }
  return out;
}

/** What of the rule stands where in a value: stretches within the window that is shown. */
export function hitsIn(tree: RuleTree, value: number, patterns: TestPattern[]): Range[] {
  const at = tree.values[value];
  if (!at) return [];
  return patterns.flatMap((pattern) =>
    pattern.hits.filter((hit) => hit.value === value).flatMap((hit) =>
      hit.spans.map((span) => ({
        start: Math.max(0, span.start - at.skipped), end: Math.min(at.value.length, span.end - at.skipped), hit: true,
      }))),
  );
}

/** Every hit on the true path, in the record. */
export function rawHits(tree: RuleTree): Range[] {
  return facts(tree).flatMap((fact) =>
    fact.patterns.flatMap((pattern) =>
      pattern.hits.flatMap((hit) => hit.raw.map((raw) => ({ ...raw, hit: true, field: tree.values[hit.value]?.field })))),
  );
}

/** Where each field was read in the record. */
export function rawFields(reading: EventReading): Range[] {
  return reading.steps.flatMap((step) =>
    step.fields.filter((field) => field.name !== 'message').flatMap((field) => field.raw.map((raw) => ({ ...raw, hit: false, field: field.name }))));
}

/** How a value is compared, in the words the texts have. */
export type Relation =
  | 'contains' | 'startswith' | 'endswith' | 're' | 'cidr' | 'exists' | 'lt' | 'lte' | 'gt' | 'gte' | 'fieldref' | 'is' | 'like' | 'timePart' | 'null' | 'keyword';

/** How a test compares, as one word; encodings and the like are left to the rule's own modifiers. */
export function relation(test: RuleTest, pattern: TestPattern | undefined): Relation {
  if (pattern?.null) return 'null';
  if (test.field === '' && !test.modifiers.includes('re')) return 'keyword';
  if (test.modifiers.some((each) => ['minute', 'hour', 'day', 'week', 'month', 'year'].includes(each))) return 'timePart';
  const order = ['fieldref', 're', 'cidr', 'exists', 'lte', 'gte', 'lt', 'gt'] as const;
  const special = order.find((each) => test.modifiers.includes(each));
  if (special) return special;
  if (test.modifiers.includes('contains') || (test.modifiers.includes('startswith') && test.modifiers.includes('endswith'))) return 'contains';
  const side = (['startswith', 'endswith'] as const).find((each) => test.modifiers.includes(each));
  if (side) return side;
  return /(^|[^\\])[*?]/.test(pattern?.text ?? '') ? 'like' : 'is';
}
