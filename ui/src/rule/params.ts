import { oneOf, someOf, text } from '../kit/params';
import { levels } from '../kit/severity';

export const statuses = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'] as const;
/** The tactics of ATT&CK for Enterprise, in its order. */
export const tactics = [
  'reconnaissance', 'resource_development', 'initial_access', 'execution', 'persistence', 'privilege_escalation', 'defense_evasion',
  'credential_access', 'discovery', 'lateral_movement', 'collection', 'command_and_control', 'exfiltration', 'impact',
] as const;
export type Tactic = (typeof tactics)[number];
/** The states of a rule's life in their order, and those that nobody chose. */
export const ruleStates = ['enabled', 'shadow', 'testing', 'draft', 'deprecated', 'off', 'refused'] as const;
export type RuleState = (typeof ruleStates)[number];
export const views = [...ruleStates, 'all'] as const;
export const origins = ['own', 'overlay', 'pack', 'device'] as const;
export const firedSpans = ['24h', '7d', 'never'] as const;
export const orders = ['week', 'day', 'noise', 'last', 'precision', 'falsity', 'cost', 'level', 'title'] as const;
export type Order = (typeof orders)[number];

/** Filters of the rule list as the URL has them. */
export interface RuleParams {
  q?: string;
  level?: string;
  status?: (typeof statuses)[number];
  product?: string;
  tactic?: Tactic;
  /** T1110, which includes T1110.001. */
  technique?: string;
  pack?: string;
  state?: (typeof views)[number];
  origin?: (typeof origins)[number];
  fired?: (typeof firedSpans)[number];
  noisy?: true;
  slow?: true;
  sort?: Order;
  /** The rule in the pane. */
  at?: string;
}

export function ruleParams(search: Record<string, unknown>): RuleParams {
  const technique = text(search.technique, 16)?.toUpperCase();
  return {
    q: text(search.q, 200),
    level: someOf(search.level, levels).join(',') || undefined,
    status: oneOf(search.status, statuses),
    product: text(search.product, 64),
    tactic: oneOf(text(search.tactic, 32)?.toLowerCase().replaceAll('-', '_'), tactics),
    technique: technique && /^T\d{4}(\.\d{3})?$/.test(technique) ? technique : undefined,
    pack: text(search.pack, 64),
    state: oneOf(search.state, views),
    origin: oneOf(search.origin, origins),
    fired: oneOf(search.fired, firedSpans),
    noisy: search.noisy === true || search.noisy === 'true' || undefined,
    slow: search.slow === true || search.slow === 'true' || undefined,
    sort: oneOf(search.sort, orders),
    at: text(search.at, 128),
  };
}

/** What the page of a rule shows, as the URL has it. */
export interface RulePageParams {
  /** What changed since this text, by its digest. */
  since?: string;
}

export function rulePageParams(search: Record<string, unknown>): RulePageParams {
  return { since: text(search.since, 64) };
}

/** What the list asks the server for: unless something else is wanted, what runs, and first what fired most. */
export function asQuery(params: RuleParams, tenant: string | undefined) {
  const { q, level, status, product, tactic, technique, pack, state, origin, fired, noisy, slow, sort = 'week' as const } = params;
  return { q, level, status, product, tactic, technique, pack, state, origin, fired, noisy, slow, tenant, sort };
}
export type RuleQuery = ReturnType<typeof asQuery>;
