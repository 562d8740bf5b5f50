import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { AlertParams } from '../alert/params';

/** Opens the alerts behind a figure; the customer of the screen stays unless another is named. */
export function AlertsLink({ search, label, children }: { search: AlertParams & { tenant?: string }; label?: string; children: ReactNode }) {
  return (
    <Link to="/alerts" search={search}>
      {children}
      {label && <span className="unseen"> {label}</span>}
    </Link>
  );
}

/** Opens the log sources behind a figure. */
export function SourcesLink({ state, tenant, children }: { state?: string; tenant?: string; children: ReactNode }) {
  return <Link to="/sources" search={{ state, tenant }}>{children}</Link>;
}
