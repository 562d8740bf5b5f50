import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { OverviewStanding } from '../client';
import { useCan } from '../identity/session';
import { CopyButton } from '../kit/copy';

// Our own rule "FAILED SU (to root)" fires on it, whatever host it comes from (content/rules/linux/su_to_root_failed.yml).
const trial = "logger -t su 'FAILED SU (to root) test on pts/0'";

/** Leads on where there is nothing to see yet: take on a customer, connect a source, try whether an alert comes. */
export function Newcomer({ sources, standings }: { sources: number | undefined; standings: OverviewStanding[] }) {
  const { t } = useTranslation();
  const can = useCan();
  if (standings.length === 0) {
    return (
      <div className="ov-newcomer" role="note">
        <p>{t('overview.first.tenant')}</p>
        {can('tenant.manage') && <Link to="/tenants">{t('overview.first.toTenants')}</Link>}
      </div>
    );
  }
  if (sources === 0) {
    return (
      <div className="ov-newcomer" role="note">
        <p>{t('overview.first.source')}</p>
        {can('source.manage') && <Link to="/sources/new">{t('overview.first.toSources')}</Link>}
      </div>
    );
  }
  const any = standings.some((each) => Object.values(each.open).some((value) => value > 0));
  if (any || sources === undefined) return null;
  return (
    <div className="ov-newcomer" role="note">
      <p>{t('overview.first.alert')}</p>
      <p><code>{trial}</code><CopyButton value={trial} /></p>
    </div>
  );
}
