import { useTranslation } from 'react-i18next';
import type { AlertDetail } from '../../client';
import { Ago, At } from '../../kit/time';
import { Untrusted } from '../../kit/untrusted';
import { useStateName, useVerdictName } from '../state';

/** What was done about the alert, the latest first. */
export function History({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation();
  const name = useStateName();
  const verdictName = useVerdictName();
  return (
    <section className="section">
      <h2>{t('alert.timeline')}</h2>
      <ol className="timeline">
        {alert.transitions.map((step, i) => (
          <li key={i}>
            <p>{name(step.from)} → {name(step.to)}{step.verdict && ` · ${verdictName(step.verdict)}`}</p>
            {step.reason && <p className="reason"><Untrusted value={step.reason} /></p>}
            <p className="faint"><span title={step.actor}>{step.actor_name || step.actor}</span> · <At at={step.at} /></p>
          </li>
        )).reverse()}
        <li><p>{t('alert.raised')}</p><p className="faint"><At at={alert.created_at} /> · <Ago at={alert.created_at} /></p></li>
      </ol>
    </section>
  );
}
