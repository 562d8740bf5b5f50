import { text } from '../kit/params';
import { isBound } from '../kit/time-range';

/** Filters of the audit trail as the URL has them. */
export interface AuditParams {
  actor?: string;
  action?: string;
  from?: string;
  to?: string;
}

export function auditParams(search: Record<string, unknown>): AuditParams {
  return {
    actor: text(search.actor, 64),
    action: text(search.action, 64),
    from: isBound(search.from) ? search.from : undefined,
    to: isBound(search.to) ? search.to : undefined,
  };
}
