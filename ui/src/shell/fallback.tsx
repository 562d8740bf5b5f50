import { Link, useRouter } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Page } from '../kit/page';
import { Failure } from '../kit/states';

/** The frame while who is there and the rest of the program are on their way; index.html has the same. */
export function Boot() {
  return <div className="boot"><div className="boot-band" /><div className="boot-top" /><div className="boot-below"><div className="boot-nav" /></div></div>;
}

/** Shown where a page could not be loaded at all. */
export function RouteFailure({ error }: { error: unknown }) {
  const router = useRouter();
  const { t } = useTranslation();
  return (
    <Page title={t('shell.failed')}>
      <Failure error={error} retry={() => void router.invalidate()} />
      <p><Link to="/">{t('shell.home')}</Link></p>
    </Page>
  );
}

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Page title={t('shell.notFound')}>
      <p className="soft">{t('shell.notFoundText')}</p>
      <p><Link to="/">{t('shell.home')}</Link></p>
    </Page>
  );
}
