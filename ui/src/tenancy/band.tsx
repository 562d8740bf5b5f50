import { useTenantName } from './scope';
import { colour } from './colour';
import './band.css';

/** A customer's name with its colour. */
export function TenantName({ id }: { id: string }) {
  const name = useTenantName()(id);
  return (
    <span className="tenant-name">
      <i style={{ background: colour(id) }} />
      <span className="clip">{name}</span>
    </span>
  );
}
