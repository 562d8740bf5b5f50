import { Link, useRouter } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Empty, Failure } from '../kit/states';

/** The frame while who is there and the rest of the program are on their way; index.html has the same. */
export function Boot() {
  return <div className="boot"><div className="boot-band" /><div className="boot-top" /><div className="boot-below"><div className="boot-nav" /></div></div>;
}

/** Shown where a page could not be loaded at all. */
export function RouteFailure({ error }: { error: unknown }) {
  const router = useRouter();
  return <div className="page"><Failure error={error} retry={() => void router.invalidate()} /></div>;
}

export function NotFound() {
  const { t } = useTranslation();
  return (
    <div className="page">
      <Empty title={t('shell.notFound')}><Link to="/alerts">{t('shell.nav.alerts')}</Link></Empty>
    </div>
  );
}
