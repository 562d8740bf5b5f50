import { oneOf, someOf, text } from '../kit/params';
import { levels } from '../kit/severity';

export const statuses = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'] as const;

/** Filters of the rule list as the URL has them. */
export interface RuleParams {
  q?: string;
  level?: string;
  status?: (typeof statuses)[number];
  pack?: string;
}

export function ruleParams(search: Record<string, unknown>): RuleParams {
  return {
    q: text(search.q, 200),
    level: someOf(search.level, levels).join(',') || undefined,
    status: oneOf(search.status, statuses),
    pack: text(search.pack, 64),
  };
}
