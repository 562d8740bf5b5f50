import { useMemo } from 'react';
import { DemoTag } from '../demo/tag';
import { findTenant, useMe } from '../identity/session';
import './band.css';
import { initial, lookOf, looks, type Look } from './colour';

/** The look of a customer by id, the same on every screen of this person. */
export function useLook(): (id: string) => Look {
  const { tenants } = useMe();
  const all = useMemo(() => looks(tenants.map((each) => each.id)), [tenants]);
  return (id) => all.get(id) ?? lookOf(id);
}

/** A customer's colour with the first character of its name; a second sign beside the name, never the only one. */
export function TenantMark({ id, name }: { id: string; name: string }) {
  const look = useLook()(id);
  return <i className={`tenant-mark ${look.pattern}`} style={{ backgroundColor: look.colour }} aria-hidden="true" data-initial={initial(name)} />;
}

/** A customer's name with its mark, by id or slug; the reference itself where the person does not see the customer. */
export function TenantName({ id }: { id: string }) {
  const tenant = findTenant(useMe(), id);
  return (
    <span className="tenant-name">
      <TenantMark id={tenant?.id ?? id} name={tenant?.name ?? id} />
      <span className="clip">{tenant?.name ?? id}</span>
      {tenant?.demo && <DemoTag />}
    </span>
  );
}
