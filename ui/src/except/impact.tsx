import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { ExceptionImpact } from '../client';
import { count } from '../kit/number';
import { asText } from '../kit/fields';
import { At } from '../kit/time';
import { Untrusted } from '../kit/untrusted';

interface Props {
  impact: ExceptionImpact;
  /** The filter was changed since. */
  stale: boolean;
}

/** What an exception would have kept back: how much of what fired, with examples of both sides. */
export function Impact({ impact, stale }: Props) {
  const { t, i18n } = useTranslation();
  const shown = (n: number) => count(n, i18n.language);
  return (
    <div className={stale ? 'stale' : undefined}>
      {impact.everything && <p className="notice bad" role="alert">{t('except.impact.everything')}</p>}
      {impact.rule_gone && <p className="notice warn">{t('except.ruleGone')}</p>}
      {impact.firings === 0
        ? <p>{t('except.impact.quiet')}</p>
        : (
          <p className="except-sum">
            <b className={impact.suppressed > 0 ? '' : 'faint'}>{t('except.impact.firings', { n: shown(impact.suppressed), of: shown(impact.checked) })}</b>
            {' · '}<b className={impact.alerts_silenced > 0 ? '' : 'faint'}>{t('except.impact.alerts', { n: shown(impact.alerts_silenced), of: shown(impact.alerts_checked) })}</b>
          </p>
        )}
      {impact.checked > 0 && impact.suppressed === 0 && <p className="notice warn">{t('except.impact.nothing')}</p>}
      <p className="soft">
        {impact.firings > impact.checked && t('except.impact.part', { checked: shown(impact.checked), firings: shown(impact.firings), missing: shown(impact.missing) })}{' '}
        {impact.counted && t('except.impact.events', { n: shown(impact.events), of: shown(impact.all_events) })}
      </p>
      {impact.top.length > 0 && (
        <dl className="pairs">
          {impact.top.map(({ field, values }) => (
            <div key={field} className="contents">
              <dt><code>{field}</code></dt>
              <dd>{values.map(({ value, hits }) => <span key={value} className="except-value"><code><Untrusted value={value} /></code> <span className="faint">{shown(hits)}</span></span>)}</dd>
            </div>
          ))}
        </dl>
      )}
      <Examples title={t('except.impact.examples')} list={impact.examples} />
      <Examples title={t('except.impact.spared')} list={impact.spared} />
    </div>
  );
}

function Examples({ title, list }: { title: string; list: ExceptionImpact['examples'] }) {
  if (list.length === 0) return null;
  return (
    <>
      <h4>{title}</h4>
      <ul className="except-examples">
        {list.map((each) => (
          <li key={`${each.alert} ${each.event_id}`}>
            <Link to="/alerts/$id" params={{ id: each.alert }} className="nowrap"><At at={each.time} /></Link>
            <code className="clip"><Untrusted value={asText(each.event['message'] ?? each.event['event.original'])} /></code>
          </li>
        ))}
      </ul>
    </>
  );
}
