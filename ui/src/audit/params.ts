import { text } from '../kit/params';
import { isBound } from '../kit/time-range';

/** Filters of the audit trail as the URL has them. */
export interface AuditParams {
  actor?: string;
  /** An action, or the noun of several. */
  action?: string;
  /** An object as kind/id, or a kind alone. */
  object?: string;
  from?: string;
  to?: string;
  /** Number of the entry that the list begins at, such as one where a check failed. */
  seq?: number;
}

export function auditParams(search: Record<string, unknown>): AuditParams {
  const seq = Number(search.seq);
  return {
    actor: text(search.actor, 64),
    action: text(search.action, 64),
    object: text(search.object, 128),
    from: isBound(search.from) ? search.from : undefined,
    to: isBound(search.to) ? search.to : undefined,
    seq: Number.isSafeInteger(seq) && seq > 0 ? seq : undefined,
  };
}
