import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { FlatEvent } from '../client';
import { CopyButton } from './copy';
import './fields.css';
import { Untrusted } from './untrusted';

interface Props {
  event: FlatEvent;
  /** How one value is shown; a field may have several. */
  value?: (field: string, value: string) => ReactNode;
  /** Buttons of one field. */
  actions?: (field: string) => ReactNode;
}

/** Any JSON value as the text it stands for. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

const lists = (value: unknown): string[] => (Array.isArray(value) ? value.map(asText) : [asText(value)]);

/** A flat event as a table: names in order, a filter above where there are many. */
export function Fields({ event, value = (_, text) => <Untrusted value={text} />, actions }: Props) {
  const { t } = useTranslation();
  const [find, setFind] = useState('');
  const wanted = find.toLowerCase();
  const names = Object.keys(event)
    .filter((name) => name !== 'event.original')
    .filter((name) => `${name} ${asText(event[name])}`.toLowerCase().includes(wanted))
    .sort();
  return (
    <div className="fields">
      {Object.keys(event).length > 12 && (
        <input type="search" value={find} onChange={(change) => setFind(change.target.value)} placeholder={t('kit.findField')} aria-label={t('kit.findField')} />
      )}
      <table aria-label={t('kit.fields')}>
        <tbody>
          {names.map((name) => (
            <tr key={name}>
              <th scope="row"><Untrusted value={name} /></th>
              <td>
                {lists(event[name]).map((each, i) => <code key={i}>{i > 0 && ', '}{value(name, each)}</code>)}
                <span className="field-actions">
                  {actions?.(name)}
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
