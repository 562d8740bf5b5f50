import { Select } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { AlertDetail } from '../../client';
import '../../kit/data-table.css';
import { headline } from '../../kit/headline';
import { revealed } from '../../kit/reveal';
import { useAbsolute } from '../../kit/time';
import { Value } from '../../kit/value-menu';
import { useFieldLabel } from '../why/labels';
import { Untrusted } from '../../kit/untrusted';
import { differences } from './differences';

interface Props {
  alert: AlertDetail;
  event: string | undefined;
  choose: (event: string) => void;
}

/** Which of the firings that are kept is explained: the first, the latest, any. */
export function FiringChoice({ alert, event, choose }: Props) {
  const { t } = useTranslation();
  const absolute = useAbsolute();
  const kept = useMemo(() => [...alert.evidence].sort((a, b) => (a.time < b.time ? -1 : 1)), [alert.evidence]);
  const first = kept[0];
  const latest = kept[kept.length - 1];
  if (!first || !latest || kept.length < 2) return null;
  const now = event ?? first.event_id;
  return (
    <span className="row tight firing-choice">
      <Select
        size="small"
        aria-label={t('why.firing.choose')}
        value={now}
        onChange={choose}
        popupMatchSelectWidth={520}
        options={kept.map((each, i) => ({
          value: each.event_id,
          label: `${i === 0 ? t('why.firing.first') : i === kept.length - 1 ? t('why.firing.latest') : t('why.firing.nth', { n: i + 1 })} ${absolute(new Date(each.time))} ${each.event ? revealed(headline(each.event)).slice(0, 80) : ''}`,
        }))}
      />
      {kept.length < alert.count && <span className="faint">{t('alert.evidence.kept', { kept: kept.length, count: alert.count })}</span>}
    </span>
  );
}

const valuesShown = 4;

/** What is not the same in all firings. */
export function Differences({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation();
  const label = useFieldLabel();
  const found = useMemo(() => differences(alert.evidence), [alert.evidence]);
  if (found.length === 0) return null;
  return (
    <section className="section">
      <h2>{t('why.differ.title')}</h2>
      <div className="data-table">
        <table aria-label={t('why.differ.title')}>
          <thead><tr><th>{t('alert.evidence.field')}</th><th>{t('why.differ.values')}</th></tr></thead>
          <tbody>
            {found.map(({ field, values }) => (
              <tr key={field}>
                <td className="min"><Untrusted value={field} /> {label(field) && <span className="faint">{label(field)}</span>}</td>
                <td className="wide">
                  <ul className="differ-values">
                    {values.slice(0, valuesShown).map(({ value, count: times }) => (
                      <li key={value}>
                        {value === '' ? <span className="faint">{t('why.differ.absent')}</span> : <code><Value field={field} value={value} tenant={alert.tenant} at={alert.last_at} /></code>}
                        {times > 1 && <span className="faint"> × {times}</span>}
                      </li>
                    ))}
                    {values.length > valuesShown && <li className="faint">{t('why.differ.more', { count: values.length - valuesShown })}</li>}
                  </ul>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
