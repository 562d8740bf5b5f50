import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Membership } from '../client';
import { findTenant, useMe } from '../identity/session';

export interface Scope {
  /** The customer chosen in the switcher; undefined means all the person may see. */
  tenant: Membership | undefined;
  tenants: Membership[];
  /** The switcher offers nothing where there is one customer only. */
  fixed: boolean;
  choose: (slug: string | undefined) => void;
}

/** Whose data the screen is about. The choice stands in the URL, so that a link opens in the same customer. */
export function useScope(): Scope {
  const me = useMe();
  const search: { tenant?: string } = useSearch({ strict: false });
  const navigate = useNavigate();
  const only = me.role === '' && me.tenants.length === 1 ? me.tenants[0] : undefined;
  return {
    tenant: only ?? findTenant(me, search.tenant),
    tenants: me.tenants,
    fixed: only !== undefined,
    choose: (slug) => void navigate({ to: '.', search: (before: object) => ({ ...before, tenant: slug }) }),
  };
}
