import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { AlertDetail, AlertExplanation, FlatEvent } from '../../client';
import { useCan } from '../../identity/session';
import { asText } from '../../kit/fields';
import { Failure, Loading } from '../../kit/states';
import { Untrusted } from '../../kit/untrusted';
import { Filtered } from '../../rule/filtered';
import { useRuleWords } from '../../rule/words';
import { FocusOnFields } from './focus';
import { CorrelationWhy } from './parts';
import { explainQuery } from './queries';
import { RawRecord } from './raw';
import { ReadingSteps } from './reading';
import { Sentence } from './sentence';
import { ConditionTree } from './tree';
import '../detail/detail.css';
import './why.css';

interface Props {
  alert: AlertDetail;
  /** The firing to explain; the first that is still there where it is left out. */
  event?: string;
  /** For panes: the sentence, what matched and the record around it. */
  compact?: boolean;
}

/** Why an alert fired: in a sentence, as the rule's condition part by part, and in the record. */
export function AlertWhy({ alert, event, compact }: Props) {
  const explanation = useQuery(explainQuery(alert.id, event));
  if (explanation.error && !explanation.data) return <Failure error={explanation.error} retry={() => void explanation.refetch()} />;
  if (!explanation.data) return <Loading lines={compact ? 5 : 9} />;
  return <FocusOnFields><Explained alert={alert} why={explanation.data} compact={compact ?? false} /></FocusOnFields>;
}

function Explained({ alert, why, compact }: { alert: AlertDetail; why: AlertExplanation; compact: boolean }) {
  const { t } = useTranslation();
  const words = useRuleWords();
  const read = useCan()('rule.read');
  const firing = alert.evidence.find((each) => each.event_id === why.event_id);
  const event: FlatEvent | undefined = firing?.event ?? undefined;
  const raw = asText(event?.['event.original']);
  const { tree, reading } = why;
  return (
    <div className={compact ? 'why compact' : 'why'}>
      {firing && firing.parts.length > 0
        ? <CorrelationWhy alert={alert} firing={firing} why={why} compact={compact} />
        : <Sentence title={words.title(alert.rule)} time={why.time} firings={alert.count} last={alert.last_at} event={event} tree={tree} tenant={alert.tenant} />}
      <Caveats alert={alert} why={why} correlated={(firing?.parts.length ?? 0) > 0} />
      {why.rule.state === 'device' && (
        <>
          <p className="notice">{t('why.caveat.device')}</p>
          <dl className="pairs">
            {firing?.matches.map((match) => <div className="pair" key={match.field}><dt><code>{match.field}</code></dt><dd><Untrusted value={match.value} /></dd></div>)}
          </dl>
          {read && <p className="no-print"><Link to="/rules/$id" params={{ id: alert.rule.id }}>{t('alert.openRule')}</Link></p>}
        </>
      )}
      <Filtered filters={why.rule.filters} />
      {tree && <ConditionTree key={why.event_id} tree={tree} tenant={alert.tenant} at={why.time} compact={compact} />}
      {raw && (
        <section className="section">
          {!compact && <h3>{firing && firing.parts.length > 0 ? t('why.correlation.completing') : t('why.raw')}</h3>}
          <RawRecord text={raw} tree={tree} reading={reading} most={compact ? 900 : undefined} />
        </section>
      )}
      {reading && !compact && (
        <details className="fold">
          <summary>{t('why.reading.title')}</summary>
          <ReadingSteps reading={reading} tenant={alert.tenant} at={why.time} />
        </details>
      )}
    </div>
  );
}

/** What the reader has to know before trusting the explanation. */
function Caveats({ alert, why, correlated }: { alert: AlertDetail; why: AlertExplanation; correlated: boolean }) {
  const { t } = useTranslation();
  const { rule } = why;
  const signs = (['title', 'level', 'pattern', 'silent'] as const).filter((sign) => rule.signs.includes(sign));
  const said = signs.map((sign) => t(`why.sign.${sign}`)).join(t('why.sentence.comma'));
  return (
    <>
      {!why.kept && !correlated && <p className="notice warn">{t('why.caveat.gone')}</p>}
      {rule.state === 'gone' && <p className="notice warn">{t('why.caveat.ruleGone')}</p>}
      {rule.state === 'unreadable' && <p className="notice warn">{t('why.caveat.ruleUnreadable')}</p>}
      {rule.state === 'changed' && (
        <p className="notice warn">
          {rule.digest && <><b>{t('why.caveat.changedSince')}</b> <Link to="/rules/$id" params={{ id: alert.rule.id }} search={{ since: rule.digest }}>{t('why.caveat.whatChanged')}</Link>{said && t('why.caveat.signs', { signs: said })}</>}
          {!rule.digest && <>{t('why.caveat.changed')}{said}{t('why.sentence.stop')}</>}
        </p>
      )}
      {(rule.state === 'same' || rule.state === 'changed') && !rule.running && <p className="notice">{t('why.caveat.stopped')}</p>}
    </>
  );
}
