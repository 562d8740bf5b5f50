import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Source } from '../client';
import { findTenant, useMe } from '../identity/session';
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

/** The way to what is proposed for one source; nothing where nothing is. */
export function SourceProposal({ source }: { source: Pick<Source, 'proposal' | 'tenant'> }) {
  const { t } = useTranslation();
  const me = useMe();
  if (!source.proposal) return null;
  return <Link className="tag accent" to="/parsers/proposals/$id" params={{ id: source.proposal }} search={{ tenant: findTenant(me, source.tenant)?.slug }}>{t('learn.one')}</Link>;
}
