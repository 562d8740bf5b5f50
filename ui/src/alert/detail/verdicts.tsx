import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ask, client, type AlertDetail } from '../../client';
import { findTenant, useMe } from '../../identity/session';
import { count } from '../../kit/number';
import { Failure } from '../../kit/states';
import { Ago } from '../../kit/time';
import { Untrusted } from '../../kit/untrusted';
import { verdicts, useVerdictName } from '../state';

const recent = 4;

/** What earlier alerts of the same rule turned out to be, here and, for the provider, at all other customers together. */
export function PastVerdicts({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation();
  const me = useMe();
  const name = useVerdictName();
  const past = useQuery({
    queryKey: ['alert', alert.id, 'verdicts'],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/alerts/{id}/verdicts', { params: { path: { id: alert.id } }, signal })),
    staleTime: 30_000,
  });
  if (past.error && !past.data) return <section className="section"><h2>{t('why.past.title')}</h2><Failure error={past.error} retry={() => void past.refetch()} /></section>;
  if (!past.data) return null;
  const { here, here_recent: given, elsewhere } = past.data;
  const slug = findTenant(me, alert.tenant)?.slug;
  const list = (verdict: string) => ({ tenant: slug, state: 'closed' as const, rule: alert.rule.id, verdict });
  return (
    <section className="section">
      <h2>{t('why.past.title')}</h2>
      {here.length === 0 ? <p className="soft">{t('why.past.none')}</p> : (
        <>
          <Shares counts={here} />
          <ul className="past-counts">
            {ordered(here).map(({ verdict, count: n }) => (
              <li key={verdict}><i className={`verdict-mark ${verdict}`} /><Link to="/alerts" search={list(verdict)}><Counted name={name(verdict)} n={n} /></Link></li>
            ))}
          </ul>
          <ul className="past-given">
            {given.slice(0, recent).map((each) => (
              <li key={each.id}>
                <Link to="/alerts/$id" params={{ id: each.id }}>{name(each.verdict)}</Link> <span className="faint">{each.by} · <Ago at={each.closed_at} /></span>
                <p className="reason"><Untrusted value={each.reason} /></p>
              </li>
            ))}
          </ul>
        </>
      )}
      {elsewhere && elsewhere.length > 0 && (
        <>
          <h3 className="past-elsewhere">{t('why.past.elsewhere')}</h3>
          <Shares counts={elsewhere} />
          <ul className="past-counts">
            {ordered(elsewhere).map(({ verdict, count: n, tenants }) => (
              <li key={verdict}><i className={`verdict-mark ${verdict}`} /><Counted name={name(verdict)} n={n} /> <span className="faint">{t('why.past.tenants', { count: tenants })}</span></li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Counted({ name, n }: { name: string; n: number }) {
  const { i18n } = useTranslation();
  return <>{name} <b>{count(n, i18n.language)}</b></>;
}

function ordered<T extends { verdict: string }>(counts: T[]): T[] {
  const at = (verdict: string) => (verdicts as readonly string[]).indexOf(verdict);
  return [...counts].sort((a, b) => at(a.verdict) - at(b.verdict));
}

function Shares({ counts }: { counts: { verdict: string; count: number }[] }) {
  return (
    <div className="past-shares" aria-hidden="true">
      {ordered(counts).map(({ verdict, count: n }) => <i key={verdict} className={`verdict-mark ${verdict}`} style={{ flexGrow: n }} />)}
    </div>
  );
}
