import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { RuleDetail } from '../client';
import { useCan } from '../identity/session';
import { count } from '../kit/number';
import { Spark } from '../kit/spark';
import { Failure, Loading } from '../kit/states';
import { At } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { TenantName } from '../tenancy/band';
import { useScope } from '../tenancy/scope';
import { ruleShadowQuery } from './queries';
import { filled } from './days';

const shownHits = 10;

/** What the rule would have raised while it ran in the shadow; nothing where it never did. */
export function Shadow({ rule }: { rule: RuleDetail }) {
  const { t, i18n } = useTranslation();
  const { tenant } = useScope();
  const read = useCan()('alert.read');
  const shadow = useQuery({ ...ruleShadowQuery(rule.id, tenant?.slug), enabled: read });
  const n = (value: number) => count(value, i18n.language);
  if (!read || (rule.state !== 'shadow' && (shadow.data?.total ?? 0) === 0)) return null;
  return (
    <section>
      <h3>{t('rule.shadow.title')}</h3>
      {shadow.error && <Failure error={shadow.error} retry={() => void shadow.refetch()} />}
      {shadow.isPending && <Loading lines={3} />}
      {shadow.data && shadow.data.total === 0 && <p className="soft">{t('rule.shadow.none')}</p>}
      {shadow.data && shadow.data.total > 0 && (
        <>
          <p>{t('rule.shadow.said', { count: shadow.data.week, week: n(shadow.data.week), total: n(shadow.data.total) })}</p>
          <p className="soft rule-days"><Spark values={filled(shadow.data.days, new Date())} width={300} height={40} label={t('rule.shadow.days')} /> {t('rule.daysText')}</p>
          <ul className="plain-list rule-hits" aria-label={t('rule.shadow.latest')}>
            {shadow.data.latest.slice(0, shownHits).map((hit) => (
              <li key={`${hit.tenant}/${hit.event_id}`}>
                <div className="row tight"><At at={hit.time} /> <TenantName id={hit.tenant} /> {hit.entities.slice(0, 3).map(({ field, value }, i) => <code key={i} title={field}><Untrusted value={value} /></code>)}</div>
                <div className="soft">{[...new Map(hit.matches.map((each) => [`${each.field} ${each.value}`, each])).values()].slice(0, 3).map(({ field, value }, i) => <span key={i} className="clip"><code>{field || '*'}</code> <Untrusted value={value} /></span>)}</div>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
