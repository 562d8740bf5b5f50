import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { FlatEvent } from '../client';
import { CopyButton } from './copy';
import './fields.css';
import { Untrusted } from './untrusted';

interface Props {
  event: FlatEvent;
  /** Values to mark, by field. */
  marks?: Record<string, string[]>;
  /** Buttons of one field. */
  actions?: (field: string, value: string) => ReactNode;
}

/** Any JSON value as the text it stands for. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

/** A flat event as a table: names in order, marked ones first, a filter above where there are many. */
export function Fields({ event, marks = {}, actions }: Props) {
  const { t } = useTranslation();
  const [find, setFind] = useState('');
  const wanted = find.toLowerCase();
  const names = Object.keys(event)
    .filter((name) => name !== 'event.original')
    .filter((name) => `${name} ${asText(event[name])}`.toLowerCase().includes(wanted))
    .sort((a, b) => Number(b in marks) - Number(a in marks) || (a < b ? -1 : 1));
  return (
    <div className="fields">
      {Object.keys(event).length > 12 && (
        <input value={find} onChange={(change) => setFind(change.target.value)} placeholder={t('kit.findField')} aria-label={t('kit.findField')} />
      )}
      <table aria-label={t('kit.fields')}>
        <tbody>
          {names.map((name) => (
            <tr key={name} className={name in marks ? 'hit' : ''}>
              <th scope="row"><Untrusted value={name} /></th>
              <td>
                <code><Untrusted value={asText(event[name])} marks={marks[name]} /></code>
                <span className="field-actions">
                  {actions?.(name, asText(event[name]))}
                  <CopyButton value={asText(event[name])} />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
