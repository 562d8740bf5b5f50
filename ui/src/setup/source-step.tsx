import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from '../identity/session';
import { TenantName } from '../tenancy/band';
import { useScope } from '../tenancy/scope';
import { setupQuery } from './queries';

/** The first source of the first customer; the sources' own page does the rest. */
export function SourceStep() {
  const { t } = useTranslation();
  const { tenant } = useScope();
  const me = useMe();
  const queries = useQueryClient();
  const whose = tenant ?? me.tenants.find(({ demo }) => !demo);
  const seen = () => queries.removeQueries({ queryKey: setupQuery.queryKey });
  return (
    <section className="setup-body">
      <h2>{t('setup.source.title')}{whose && <TenantName id={whose.id} />}</h2>
      <p className="soft">{t('setup.source.text')}</p>
      <Link className="setup-link" to="/sources" search={{ tenant: whose?.slug }} onClick={seen}>{t('setup.source.go')}</Link>
    </section>
  );
}
