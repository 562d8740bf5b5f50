import { oneOf, text } from '../kit/params';

export const changeKinds = ['added', 'changed', 'removed', 'refused'] as const;
export const changeMarks = ['conflict', 'logic', 'level', 'failing'] as const;

/** The comparison of two versions of a pack as the URL has it. */
export interface DiffParams {
  /** Id of the version it is held against, where that is not the one in force. */
  base?: string;
  kind?: (typeof changeKinds)[number];
  /** Only rules of which this is true. */
  only?: (typeof changeMarks)[number];
  q?: string;
}

export function diffParams(search: Record<string, unknown>): DiffParams {
  return { base: text(search.base, 64), kind: oneOf(search.kind, changeKinds), only: oneOf(search.only, changeMarks), q: text(search.q, 200) };
}
