import { oneOf, text } from '../kit/params';

export const shades = ['rules', 'alerts', 'tested'] as const;
export type Shade = (typeof shades)[number];
export const shows = ['all', 'covered', 'gaps'] as const;

/** What the matrix shows, as the URL has it. */
export interface AttackParams {
  /** What the colour of a cell tells. */
  shade?: Shade;
  show?: (typeof shows)[number];
  product?: string;
  /** Techniques whose sub-techniques are unfolded: T1110,T1059. */
  open?: string;
}

export function attackParams(search: Record<string, unknown>): AttackParams {
  const open = text(search.open, 2000)?.split(',').filter((id) => /^T\d{4}$/.test(id)).join(',');
  return { shade: oneOf(search.shade, shades), show: oneOf(search.show, shows), product: text(search.product, 64), open: open || undefined };
}
