import { DemoTag } from '../demo/tag';
import { findTenant, useMe } from '../identity/session';
import './band.css';
import { colour } from './colour';

/** A customer's name with its colour, by id or slug; the reference itself where the person does not see the customer. */
export function TenantName({ id }: { id: string }) {
  const tenant = findTenant(useMe(), id);
  return (
    <span className="tenant-name">
      <i style={{ background: colour(tenant?.id ?? id) }} />
      <span className="clip">{tenant?.name ?? id}</span>
      {tenant?.demo && <DemoTag />}
    </span>
  );
}
