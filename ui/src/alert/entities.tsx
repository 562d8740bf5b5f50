import type { Alert } from '../client';
import { Untrusted } from '../kit/untrusted';
import './alert.css';

/** What the alert is about, short: field and value. */
export function Entities({ alert }: { alert: Alert }) {
  return (
    <span className="entities">
      {alert.entities.map(({ field, value }) => (
        <span key={`${field}=${value}`} title={field}>
          <span className="faint">{field.split('.').slice(-2).join('.')}</span> <code><Untrusted value={value} /></code>
        </span>
      ))}
    </span>
  );
}
