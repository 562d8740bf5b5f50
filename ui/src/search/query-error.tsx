import { useTranslation } from 'react-i18next';
import type { Problem } from '../client';
import { Untrusted } from '../kit/untrusted';
import { indexOfByte } from './logsql';

/** Where the query cannot be understood, and what may have been meant. */
export function QueryError({ query, problem }: { query: string; problem: Problem }) {
  const { t } = useTranslation();
  const fault = problem.fields[0];
  const at = fault?.position === undefined ? undefined : indexOfByte(query, fault.position);
  return (
    <div className="query-error" role="alert">
      <p><strong>{t('search.error')}</strong><Untrusted value={fault?.message ?? problem.detail} /></p>
      {at !== undefined && (
        <pre className="mono">
          <Untrusted value={query.slice(0, at)} />
          <mark className="fault"><Untrusted value={wordAt(query, at) || '⏎'} /></mark>
          <Untrusted value={query.slice(at + wordAt(query, at).length)} />
        </pre>
      )}
      {at !== undefined && <p className="soft">{t('search.position', { at: at + 1 })}</p>}
      {fault?.hint && <p>{t('search.hint')}<Untrusted value={fault.hint} /></p>}
    </div>
  );
}

// The word that begins there, or the one character where none does.
function wordAt(query: string, at: number): string {
  return /^(?:[\p{L}\p{N}_.]+|[^])/u.exec(query.slice(at))?.[0] ?? '';
}
