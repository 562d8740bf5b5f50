import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type AlertDetail, type AlertPrevalence, type ValuePrevalence } from '../../client';
import { findTenant, useMe } from '../../identity/session';
import '../../kit/data-table.css';
import { count } from '../../kit/number';
import { Failure, Loading } from '../../kit/states';
import { Ago } from '../../kit/time';
import { Untrusted } from '../../kit/untrusted';
import { Value } from '../../kit/value-menu';

/** How common the alert's values are at the customer: in how many records, on how many hosts, since when. Counted when it comes into sight. */
export function Prevalence({ alert, event }: { alert: AlertDetail; event: string | undefined }) {
  const { t } = useTranslation();
  const box = useRef<HTMLElement>(null);
  const seen = useSeen(box);
  const found = useQuery({
    queryKey: ['alert', alert.id, 'prevalence', event],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/alerts/{id}/prevalence', { params: { path: { id: alert.id }, query: { event } }, signal })),
    enabled: seen,
    staleTime: 5 * 60_000,
    retry: false,
  });
  return (
    <section ref={box} className="section prevalence">
      <h2>{t('why.prevalence.title')}</h2>
      {found.error && !found.data ? <Failure error={found.error} retry={() => void found.refetch()} /> : null}
      {!found.error && !found.data ? <Loading lines={5} /> : null}
      {found.data && (found.data.values.length === 0 ? <p className="soft">{t('why.prevalence.none')}</p> : <Values alert={alert} found={found.data} />)}
    </section>
  );
}

// True from when the element was first in sight, or near it.
function useSeen(box: React.RefObject<HTMLElement | null>): boolean {
  const [seen, setSeen] = useState(typeof IntersectionObserver === 'undefined');
  useEffect(() => {
    if (seen || !box.current) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) setSeen(true);
    }, { rootMargin: '200px' });
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [box, seen]);
  return seen;
}

function Values({ alert, found }: { alert: AlertDetail; found: AlertPrevalence }) {
  const { t } = useTranslation();
  return (
    <div className="data-table">
      <table aria-label={t('why.prevalence.title')}>
        <thead>
          <tr>
            <th scope="col">{t('why.prevalence.value')}</th>
            <th scope="col" className="number">{t('why.prevalence.records')}</th>
            <th scope="col" className="number">{t('why.prevalence.hosts')}</th>
            <th scope="col" className="min">{t('why.prevalence.first')}</th>
            <th scope="col" className="min wide-only">{t('why.prevalence.last')}</th>
          </tr>
        </thead>
        <tbody>{found.values.map((each) => <Line key={`${each.field}=${each.value}`} alert={alert} each={each} to={found.to} />)}</tbody>
      </table>
    </div>
  );
}

/** What hosts of the records are there: counted, each with its first and last record. */
export function hostsQuery(query: string): string {
  return `${query} host.name:* | stats by (host.name) count() records, min(@timestamp) first_seen, max(@timestamp) last_seen | sort by (records desc)`;
}

function Line({ alert, each, to }: { alert: AlertDetail; each: ValuePrevalence; to: string }) {
  const { t, i18n } = useTranslation();
  const tenant = findTenant(useMe(), alert.tenant)?.slug;
  const span = { tenant, from: each.since, to };
  const number = (n: number) => (each.counted === 'day' ? t('why.prevalence.atLeast', { shown: count(n, i18n.language) }) : count(n, i18n.language));
  return (
    <tr>
      <td className="wide">
        <span className="faint prevalence-field"><Untrusted value={each.field} /></span>{' '}
        {each.rare && <span className="tag rare" title={t('why.prevalence.rareHint')}>{t('why.prevalence.rare')}</span>}{' '}
        <code className="prevalence-value"><Value field={each.field} value={each.value} tenant={alert.tenant} at={alert.last_at} /></code>
      </td>
      {each.counted === 'none' ? <td colSpan={4} className="soft">{t('why.prevalence.uncounted')}</td> : (
        <>
          <td className="number">
            {each.records === 0 ? '0' : (
              <Link to="/search" search={{ ...span, q: each.query }} aria-label={t('why.prevalence.openRecords', { shown: number(each.records) })}>{number(each.records)}</Link>
            )}
          </td>
          <td className="number">
            {each.field === 'host.name' || each.hosts === 0 ? <span className="faint">–</span> : (
              <Link to="/search" search={{ ...span, q: hostsQuery(each.query) }} aria-label={t('why.prevalence.openHosts', { shown: number(each.hosts) })}>{number(each.hosts)}</Link>
            )}
          </td>
          <td className="min">
            {each.first ? <Link to="/search" search={{ ...span, q: each.query, sort: 'oldest' }}><Ago at={each.first} /></Link> : <span className="faint">–</span>}
            {each.counted === 'day' && each.first && <span className="faint"> {t('why.prevalence.orBefore')}</span>}
          </td>
          <td className="min wide-only">{each.last ? <Ago at={each.last} /> : <span className="faint">–</span>}</td>
        </>
      )}
    </tr>
  );
}
