import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { RuleDetail } from '../client';
import { isProvider, useMe } from '../identity/session';
import { count } from '../kit/number';
import { Failure } from '../kit/states';
import { Untrusted } from '../kit/untrusted';
import { ruleHealthQuery } from './queries';

/** Whether the rule runs where it should, and what it costs. */
export function Cost({ rule }: { rule: RuleDetail }) {
  const { t, i18n } = useTranslation();
  const provider = isProvider(useMe());
  const health = useQuery({ ...ruleHealthQuery(rule.id), enabled: provider });
  if (!provider) return null;
  if (health.error) return <section><h3>{t('rule.health.title')}</h3><Failure error={health.error} retry={() => void health.refetch()} /></section>;
  if (!health.data || (!health.data.expected && !health.data.running)) return null;
  const { expected, running, reason, measured, asked, mean_ns, share, slow } = health.data;
  const n = (value: number) => count(value, i18n.language);
  const percent = new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 2 }).format(share);
  return (
    <section>
      <h3>{t('rule.health.title')}</h3>
      {expected && !running && <p className="notice bad">{t('rule.health.broken')} <Untrusted value={reason} /></p>}
      {running && measured === 0 && <p className="soft">{t('rule.health.unmeasured')}</p>}
      {running && measured > 0 && (
        <dl className="pairs">
          <dt title={t('rule.health.measuredText')}>{t('rule.health.asked')}</dt><dd>{t('rule.health.askedOf', { asked: n(asked), of: n(measured) })}</dd>
          <dt>{t('rule.health.mean')}</dt><dd>{asked === 0 ? <span className="faint">–</span> : `${new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 }).format(mean_ns / 1000)} µs`}</dd>
          <dt>{t('rule.health.share')}</dt><dd>{percent} {slow && <span className="tag bad">{t('rule.health.slow')}</span>}</dd>
        </dl>
      )}
    </section>
  );
}
