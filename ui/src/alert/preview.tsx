import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { AlertDetail } from '../client';
import { useCan, useMe } from '../identity/session';
import { count } from '../kit/number';
import { Place } from '../kit/placed';
import { Severity } from '../kit/severity';
import { Failure, Loading } from '../kit/states';
import { Ago, At } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { Value } from '../kit/value-menu';
import { ruleQuery } from '../rule/queries';
import { useRuleWords } from '../rule/words';
import { RuleTags } from '../rule/tags';
import { TenantName } from '../tenancy/band';
import type { Action } from './judge';
import { alertQuery } from './queries';
import { Backfilled, StateTag, useStateName, useVerdictName } from './state';
import { AlertWhy } from './why/why';

interface Props {
  id: string | undefined;
  /** Nobody chose the alert: it is the first of the list. */
  soft: boolean;
  act: (action: Action) => void;
  ask: (form: 'close' | 'assign') => void;
}

/** One alert beside the list: enough to judge most without opening them. */
export function Preview({ id, soft, act, ask }: Props) {
  const { t } = useTranslation();
  const alert = useQuery({ ...alertQuery(id ?? ''), enabled: id !== undefined, staleTime: 15_000 });
  if (!id) return <div className="preview"><p className="soft preview-none">{t('triage.preview.none')}</p></div>;
  if (alert.error && !alert.data) return <div className="preview"><Failure error={alert.error} retry={() => void alert.refetch()} /></div>;
  if (!alert.data) return <div className="preview"><Loading lines={10} /></div>;
  return (
    <div className={soft ? 'unchosen' : ''}>
      {soft && <p className="faint preview-first">{t('triage.preview.first')}</p>}
      <Shown alert={alert.data} act={act} ask={ask} />
    </div>
  );
}

function Shown({ alert, act, ask }: { alert: AlertDetail; act: Props['act']; ask: Props['ask'] }) {
  const { t, i18n } = useTranslation();
  const can = useCan();
  const words = useRuleWords();
  const rule = useQuery({ ...ruleQuery(alert.rule.id), enabled: can('rule.read') && alert.rule_source !== '', staleTime: 300_000 }).data;
  return (
    <article className="preview">
      <header>
        <h2><Severity level={alert.rule.level} bare /> <Link to="/alerts/$id" params={{ id: alert.id }}><Untrusted value={words.title(alert.rule)} /></Link></h2>
        <div className="row">
          <StateTag state={alert.state} verdict={alert.verdict} />
          <Backfilled by={alert.backfilled_by} />
          <TenantName id={alert.tenant} />
          <span className="soft">{t('triage.preview.risk', { risk: alert.risk })}</span>
          <span className="soft">{t('triage.preview.fired', { count: alert.count, shown: count(alert.count, i18n.language) })}</span>
          <span className="soft"><Ago at={alert.last_at} /></span>
        </div>
        {can('alert.judge') && <Buttons alert={alert} act={act} ask={ask} />}
      </header>
      {rule && <p className="prose"><Untrusted value={words.description(rule)} /></p>}
      <AlertWhy alert={alert} compact />
      <section>
        <h3>{t('alert.entities')}</h3>
        <dl className="pairs">
          {alert.entities.map(({ field, value }) => (
            <div key={`${field}=${value}`} className="pair">
              <dt><Untrusted value={field} /></dt>
              <dd><code><Value field={field} value={value} tenant={alert.tenant} at={alert.last_at} /></code><Place value={value} /></dd>
            </div>
          ))}
          {alert.source.name && <div className="pair"><dt>{t('triage.column.source')}</dt><dd><Untrusted value={alert.source.name} /></dd></div>}
          <div className="pair"><dt>{t('alert.first')}</dt><dd><At at={alert.first_at} /></dd></div>
          <div className="pair"><dt>{t('alert.last')}</dt><dd><At at={alert.last_at} /></dd></div>
          {alert.assignee && <div className="pair"><dt>{t('alert.assignee')}</dt><dd>{alert.assignee_name || alert.assignee}</dd></div>}
        </dl>
        <div className="row tight"><RuleTags tags={alert.rule.tags} /></div>
      </section>
      {alert.transitions.length > 0 && <section><h3>{t('alert.timeline')}</h3><History alert={alert} /></section>}
    </article>
  );
}

function Buttons({ alert, act, ask }: { alert: AlertDetail; act: Props['act']; ask: Props['ask'] }) {
  const { t } = useTranslation();
  const me = useMe();
  const closed = alert.state === 'closed';
  return (
    <div className="row">
      {!closed && (alert.state === 'new' || alert.assignee !== me.username) && (
        <button type="button" className={`act ${alert.state === 'new' ? 'primary' : ''}`} onClick={() => act({ kind: 'acknowledge' })}>{t('triage.do.acknowledge')} <kbd>e</kbd></button>
      )}
      {!closed && <button type="button" className="act" onClick={() => ask('assign')}>{t('triage.do.assign')} <kbd>a</kbd></button>}
      {alert.moves.includes('investigating') && (
        <button type="button" className="act" onClick={() => act({ kind: closed ? 'reopen' : 'investigate' })}>{closed ? t('alert.move.reopen') : t('triage.do.investigate')} {!closed && <kbd>i</kbd>}</button>
      )}
      {alert.moves.includes('closed') && <button type="button" className="act" onClick={() => ask('close')}>{t('triage.do.close')} <kbd>c</kbd></button>}
      <Link className="act" to="/alerts/$id" params={{ id: alert.id }}>{t('triage.do.open')} <kbd>Enter</kbd></Link>
    </div>
  );
}

function History({ alert }: { alert: AlertDetail }) {
  const name = useStateName();
  const verdictName = useVerdictName();
  return (
    <ol className="timeline">
      {alert.transitions.map((step, i) => (
        <li key={i}>
          <p>{name(step.from)} → {name(step.to)}{step.verdict && ` · ${verdictName(step.verdict)}`} <span className="faint">{step.actor} · <Ago at={step.at} /></span></p>
          {step.reason && <p className="reason"><Untrusted value={step.reason} /></p>}
        </li>
      )).reverse()}
    </ol>
  );
}
