import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Button } from 'antd';
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
  const navigate = useNavigate();
  const go = () => {
    queries.removeQueries({ queryKey: setupQuery.queryKey });
    void navigate({ to: '/sources/new', search: { tenant: whose?.slug } });
  };
  return (
    <section className="setup-body">
      <h2>{t('setup.source.title')}{whose && <TenantName id={whose.id} />}</h2>
      <p className="soft">{t('setup.source.text')}</p>
      <Button type="primary" className="setup-go" onClick={go}>{t('setup.source.go')}</Button>
    </section>
  );
}
