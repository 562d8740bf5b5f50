import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ask, client, type AlertDetail, type RelatedAlert } from '../../client';
import { findTenant, useMe } from '../../identity/session';
import { count } from '../../kit/number';
import { revealed } from '../../kit/reveal';
import { Severity } from '../../kit/severity';
import { Failure, Loading } from '../../kit/states';
import { Ago, At, useAbsolute } from '../../kit/time';
import { Untrusted } from '../../kit/untrusted';
import { useRuleWords } from '../../rule/words';
import { StateTag } from '../state';
import { placed } from './timeline';

const asked = 100;
const listed = 6;

/** Other alerts on the same host, user or address: when, how severe, and what became of them. */
export function Related({ alert }: { alert: AlertDetail }) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const related = useQuery({
    queryKey: ['alert', alert.id, 'related'],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/alerts/{id}/related', { params: { path: { id: alert.id }, query: { limit: asked } }, signal })),
    staleTime: 30_000,
  });
  if (alert.entities.length === 0) return null;
  const slug = findTenant(me, alert.tenant)?.slug;
  return (
    <section className="section">
      <h2>{t('why.related.title')}</h2>
      {related.error && !related.data ? <Failure error={related.error} retry={() => void related.refetch()} /> : null}
      {related.isPending && <Loading lines={3} />}
      {related.data && (related.data.items.length === 0 ? <p className="soft">{t('why.related.none')}</p> : (
        <>
          <ul className="related-entities">
            {related.data.entities.map(({ field, value, total }) => (
              <li key={`${field}=${value}`}>
                <Link to="/alerts" search={{ tenant: slug, state: 'all', entity: `${field}=${value}` } as object}>
                  <code><Untrusted value={value} /></code> <span className="soft">{t('why.related.total', { count: total, shown: count(total, i18n.language) })}</span>
                </Link>
              </li>
            ))}
          </ul>
          <Lanes alert={alert} items={related.data.items} />
          <List items={related.data.items.slice(0, listed)} />
        </>
      ))}
    </section>
  );
}

/** One line of time for each entity; each mark is an alert and opens it. The upright is this one. */
function Lanes({ alert, items }: { alert: AlertDetail; items: RelatedAlert[] }) {
  const { t } = useTranslation();
  const words = useRuleWords();
  const absolute = useAbsolute();
  const { from, to, at } = placed([alert.last_at, ...items.map((item) => item.last_at)]);
  const lanes = alert.entities
    .map((entity) => ({ ...entity, items: items.filter((item) => item.shared.some((each) => each.field === entity.field && each.value === entity.value)) }))
    .filter((lane) => lane.items.length > 0);
  return (
    <div className="lanes" role="group" aria-label={t('why.related.timeline')}>
      {lanes.map((lane) => (
        <div key={`${lane.field}=${lane.value}`} className="lane">
          <span className="lane-name faint clip" title={revealed(`${lane.field} = ${lane.value}`)}><Untrusted value={lane.field} /></span>
          <div className="lane-track">
            <i className="lane-now" style={{ left: `${at(alert.last_at)}%` }} />
            {lane.items.map((item) => (
              <Link
                key={item.id}
                to="/alerts/$id"
                params={{ id: item.id }}
                className={item.state === 'closed' ? 'closed' : ''}
                style={{ left: `${at(item.last_at)}%` }}
                title={`${absolute(new Date(item.last_at))} ${revealed(words.title(item.rule))}`}
              >
                <Severity level={item.rule.level} bare />
                <span className="sr-only"><Untrusted value={words.title(item.rule)} /></span>
              </Link>
            ))}
          </div>
        </div>
      ))}
      <div className="lane lane-axis">
        <span className="lane-name faint">{t('why.related.this')}</span>
        <div className="lane-ends faint"><At at={from} /><At at={to} /></div>
      </div>
    </div>
  );
}

function List({ items }: { items: RelatedAlert[] }) {
  const words = useRuleWords();
  return (
    <ul className="related-list">
      {items.map((item) => (
        <li key={item.id}>
          <Severity level={item.rule.level} bare />
          <Link to="/alerts/$id" params={{ id: item.id }} className="clip"><Untrusted value={words.title(item.rule)} /></Link>
          <StateTag state={item.state} verdict={item.verdict} />
          <span className="soft"><Ago at={item.last_at} /></span>
        </li>
      ))}
    </ul>
  );
}
