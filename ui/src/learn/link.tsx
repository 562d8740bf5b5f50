import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { count } from '../kit/number';
import { useScope } from '../tenancy/scope';
import { proposalsQuery } from './queries';

/** The way to what is proposed, with how many wait for a decision. */
export function ProposalsLink() {
  const { t, i18n } = useTranslation();
  const { tenant } = useScope();
  const open = useQuery(proposalsQuery(tenant?.slug, {}));
  const total = open.data?.total ?? 0;
  return (
    <Link to="/parsers/proposals" search={{ tenant: tenant?.slug }}>
      {t('learn.title')}{total > 0 && <> <b>{count(total, i18n.language)}</b></>}
    </Link>
  );
}
