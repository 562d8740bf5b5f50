import { useTranslation } from 'react-i18next';
import { Empty } from '../kit/states';
import { TenantName } from './band';
import { useScope } from './scope';

/** For screens that are about one customer: asks whose, instead of guessing. */
export function ChooseTenant() {
  const { t } = useTranslation();
  const { tenants, choose } = useScope();
  if (tenants.length === 0) return <Empty title={t('tenancy.none')}>{t('tenancy.noneText')}</Empty>;
  return (
    <div className="choose">
      <p>{t('tenancy.choose')}</p>
      <ul>
        {tenants.map((tenant) => (
          <li key={tenant.id}><button type="button" onClick={() => choose(tenant.slug)}><TenantName id={tenant.id} /></button></li>
        ))}
      </ul>
    </div>
  );
}
