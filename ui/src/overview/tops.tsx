import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Membership } from '../client';
import { count } from '../kit/number';
import { Section } from '../kit/page';
import { Severity } from '../kit/severity';
import type { Range } from '../kit/time-range';
import { Untrusted } from '../kit/untrusted';
import { useRuleWords } from '../rule/words';
import { TenantName } from '../tenancy/band';
import { AlertsLink, spanOf } from './links';
import { statsQuery } from './queries';

/** What most alerts of the chosen time have in common: rule, entity, source. */
export function Tops({ tenant, range, several }: { tenant: Membership | undefined; range: Range; several: boolean }) {
  const { t } = useTranslation();
  const words = useRuleWords();
  const stats = useQuery(statsQuery(tenant?.id, range, 48));
  if (!stats.data || stats.data.total === 0) return null; // the chart says what is wrong, or that there is nothing
  const { top_rules: rules, top_entities: entities, top_sources: sources } = stats.data;
  const span = spanOf(range);
  return (
    <div className="ov-tops">
      <Ranked
        title={t('overview.top.rules')}
        rows={rules.map((each) => ({
          key: each.id, count: each.count,
          name: <><Severity level={each.level} bare /> <AlertsLink search={{ ...span, rule: each.id }}><Untrusted value={words.title(each)} /></AlertsLink></>,
        }))}
      />
      <Ranked
        title={t('overview.top.entities')}
        rows={entities.map((each) => ({
          key: `${each.field}=${each.value}`, count: each.count,
          name: (
            <>
              <Severity level={each.worst_level} bare /> <AlertsLink search={{ ...span, entity: `${each.field}=${each.value}` }}><code><Untrusted value={each.value} /></code></AlertsLink>
              {' '}<span className="faint">{each.field}</span>
            </>
          ),
        }))}
      />
      <Ranked
        title={t('overview.top.sources')}
        rows={sources.map((each) => ({
          key: `${each.tenant}/${each.id}`, count: each.count,
          name: (
            <>
              <AlertsLink search={{ ...span, source: each.id || 'none' }}>{each.name ? <Untrusted value={each.name} /> : t('overview.top.noSource')}</AlertsLink>
              {several && each.tenant && <span className="ov-chain"><TenantName id={each.tenant} /></span>}
            </>
          ),
        }))}
      />
    </div>
  );
}

function Ranked({ title, rows }: { title: string; rows: { key: string; name: ReactNode; count: number }[] }) {
  const { t, i18n } = useTranslation();
  const most = Math.max(1, ...rows.map((row) => row.count));
  return (
    <Section title={title}>
      <table className="ov-ranked" aria-label={title}>
        <thead className="unseen"><tr><th scope="col">{t('overview.top.name')}</th><th scope="col">{t('overview.top.count')}</th></tr></thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <td>
                <span className="ov-name">{row.name}</span>
                <span className="ov-bar" aria-hidden="true"><i style={{ width: `${(row.count / most) * 100}%` }} /></span>
              </td>
              <td className="number">{count(row.count, i18n.language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 && <p className="faint">{t('overview.top.none')}</p>}
    </Section>
  );
}
