import { Link, useRouter } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Empty, Failure } from '../kit/states';

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
