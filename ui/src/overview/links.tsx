import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { AlertParams } from '../alert/params';
import type { Range } from '../kit/time-range';

/** The alerts of a span of time, whatever became of them. */
export function spanOf({ from, to }: Range) {
  return { state: 'all' as const, from: from || undefined, to: to && to !== 'now' ? to : undefined };
}

/** Opens the alerts behind a figure; the customer of the screen stays unless another is named. */
export function AlertsLink({ search, label, children }: { search: AlertParams & { tenant?: string }; label?: string; children: ReactNode }) {
  return (
    <Link to="/alerts" search={search}>
      {children}
      {label && <span className="unseen"> {label}</span>}
    </Link>
  );
}

/** Opens the records behind a figure. */
export function RecordsLink({ tenant, from, to, children }: { tenant: string | undefined; from: string; to: string; children: ReactNode }) {
  return <Link to="/search" search={{ tenant, q: '*', from, to }}>{children}</Link>;
}

/** Opens the log sources behind a figure. */
export function SourcesLink({ state, tenant, children }: { state?: string; tenant?: string; children: ReactNode }) {
  return <Link to="/sources" search={{ state, tenant }}>{children}</Link>;
}
