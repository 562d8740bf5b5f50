import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../client/problem';
import './states.css';

/** Grey lines where rows are going to be; takes their place so that nothing jumps. */
export function Loading({ lines = 6 }: { lines?: number }) {
  const { t } = useTranslation();
  return (
    <div className="loading" role="status" aria-label={t('kit.loading')}>
      {Array.from({ length: lines }, (_, i) => <span key={i} />)}
    </div>
  );
}

/** Says that there is nothing, and what to do about it. */
export function Empty({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <div className="empty">
      <p>{title}</p>
      {children && <div className="soft">{children}</div>}
    </div>
  );
}

/** The words for an error: the server's own, or ours where it could not be reached. */
export function useWords(): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => {
    if (!(error instanceof Problem)) return t('kit.error.unexpected');
    if (error.status === 0) return t('kit.error.unreachable');
    return error.fields.length > 0 ? error.fields.map((field) => field.message).join(' · ') : error.detail;
  };
}

/** An error where the content should be, with a way to try again. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const words = useWords();
  return (
    <div className="failure" role="alert">
      <span className="grow">{words(error)}</span>
      {retry && <button type="button" className="plain-button" onClick={retry}>{t('kit.retry')}</button>}
    </div>
  );
}
