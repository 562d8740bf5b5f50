import type { RuleGaps } from '../client';

type Span = RuleGaps['spans'][number];

const least = 0.02; // of the band: what is short is still seen

/** The spans with their part of the band's width, none so small that nobody sees it. The last one ends now. */
export function band(spans: Span[], now: number): { span: Span; share: number }[] {
  const at = (time: string) => new Date(time).getTime();
  const lengths = spans.map(({ from, to }) => Math.max(0, (to === null ? now : at(to)) - at(from)));
  const all = lengths.reduce((sum, each) => sum + each, 0);
  return spans.map((span, i) => ({ span, share: all === 0 ? 1 : Math.max(least, lengths[i]! / all) }));
}
