import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { AlertDetail, FlatEvent, RuleDetail } from '../../client';
import { findTenant, useCan, useMe } from '../../identity/session';
import { CopyButton } from '../../kit/copy';
import { asText, Fields } from '../../kit/fields';
import { useLive } from '../../kit/live';
import { Page } from '../../kit/page';
import { Severity } from '../../kit/severity';
import { Failure, Loading } from '../../kit/states';
import { Untrusted } from '../../kit/untrusted';
import { Place } from '../../kit/placed';
import { Value } from '../../kit/value-menu';
import { ruleQuery } from '../../rule/queries';
import { useRuleWords } from '../../rule/words';
import { filter } from '../../search/logsql';
import '../alert.css';
import { alertQuery } from '../queries';
import { explainQuery } from '../why/queries';
import { AlertWhy } from '../why/why';
import { Attack } from './attack';
import './detail.css';
import { Differences, FiringChoice } from './firings';
import { Facts, Tools } from './head';
import { History } from './history';
import { Judge } from './judge';
import { Prevalence } from './prevalence';
import { ProcessTree } from './process';
import { Related } from './related';
import { RuleSource } from './source';
import { PastVerdicts } from './verdicts';

const route = getRouteApi('/shell/alerts/$id');

/** One alert: why it fired, on what, and what was done about it. */
export function AlertPage() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const queries = useQueryClient();
  const alert = useQuery(alertQuery(id));
  const renew = () => void queries.invalidateQueries({ queryKey: alertQuery(id).queryKey, exact: true });
  useLive({
    alerts: (changed) => {
      if (changed.some((each) => each.id === id)) renew();
    },
    resync: renew,
  });
  if (alert.error && !alert.data) {
    return <Page title={t('alert.alert')}><Failure error={alert.error} retry={() => void alert.refetch()} /></Page>;
  }
  if (!alert.data) return <Page title={t('alert.alert')}><Loading lines={12} /></Page>;
  return <Loaded key={id} alert={alert.data} />;
}

function Loaded({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation();
  const can = useCan();
  const words = useRuleWords();
  const navigate = route.useNavigate();
  const { event, except } = route.useSearch();
  const chosen = alert.evidence.some((each) => each.event_id === event) ? event : undefined;
  const choose = useCallback(
    (next: string) => void navigate({ search: (before) => ({ ...before, event: next }), replace: true, resetScroll: false }),
    [navigate],
  );
  const draft = useCallback(
    (on: boolean) => void navigate({ search: (before) => ({ ...before, except: on || undefined }), replace: true, resetScroll: false }),
    [navigate],
  );
  // The rule as it is loaded now, for the words around it; the alert keeps its own title.
  const rule = useQuery({ ...ruleQuery(alert.rule.id), enabled: can('rule.read') && alert.rule_source !== '' }).data;
  const title = rule?.title === alert.rule.title ? words.title(rule) : words.title(alert.rule);
  return (
    <Page tab={title} title={<><Severity level={alert.rule.level} />{' '}<Untrusted value={title} /></>} actions={<Tools alert={alert} title={title} />}>
      <Facts alert={alert} />
      {can('alert.judge') && <Judge alert={alert} excepting={except ?? false} setExcepting={draft} />}
      <div className="alert-body">
        <div className="alert-main">
          <section className="section">
            <div className="row"><h2>{t('why.title')}</h2><span className="grow" /><FiringChoice alert={alert} event={chosen} choose={choose} /></div>
            <AlertWhy alert={alert} event={chosen} />
          </section>
          <Firing alert={alert} chosen={chosen} />
          <Differences alert={alert} />
          {can('event.search') && <Prevalence alert={alert} event={chosen} />}
          <Related alert={alert} />
          <Source alert={alert} chosen={chosen} />
        </div>
        <aside className="side">
          <AboutRule alert={alert} rule={rule} />
          <PastVerdicts alert={alert} />
          <Attack tags={alert.rule.tags} />
          <Entities alert={alert} />
          <History alert={alert} />
        </aside>
      </div>
    </Page>
  );
}

/** The event of the firing that is explained: who started what, all its fields, and the way to what else was logged then. */
function Firing({ alert, chosen }: { alert: AlertDetail; chosen: string | undefined }) {
  const { t } = useTranslation();
  const me = useMe();
  const why = useQuery(explainQuery(alert.id, chosen)).data;
  const firing = alert.evidence.find((each) => each.event_id === why?.event_id);
  const event: FlatEvent | undefined = firing?.event ?? undefined;
  if (!firing || !event) return null;
  return (
    <>
      <ProcessTree event={event} tenant={alert.tenant} at={firing.time} />
      <div className="row no-print">
        <Link to="/search" search={{ q: onHost(event), tenant: findTenant(me, alert.tenant)?.slug, ...around(firing.time) }}>{t('why.around')}</Link>
        <CopyButton value={asText(event['event.original'])} label={t('alert.evidence.copy')} />
      </div>
      <details className="fold">
        <summary>{t('why.allFields')}</summary>
        <Fields event={event} value={(name, value) => <><Value field={name} value={value} tenant={alert.tenant} at={firing.time} /><Place field={name} value={value} /></>} />
      </details>
    </>
  );
}

// What else the same host said; everything where the event names none.
function onHost(event: FlatEvent): string | undefined {
  const host = asText(event['host.name']);
  return host ? filter('host.name', host, true) : undefined;
}

const minutes = 5 * 60_000;

function around(time: string): { from: string; to: string } {
  const at = new Date(time).getTime();
  return { from: new Date(at - minutes).toISOString(), to: new Date(at + minutes).toISOString() };
}

function Source({ alert, chosen }: { alert: AlertDetail; chosen: string | undefined }) {
  const why = useQuery(explainQuery(alert.id, chosen)).data;
  return alert.rule_source ? <RuleSource source={alert.rule_source} tree={why?.tree} /> : null;
}

function AboutRule({ alert, rule }: { alert: AlertDetail; rule: RuleDetail | undefined }) {
  const { t } = useTranslation();
  const words = useRuleWords();
  if (!rule) return null;
  const advice = words.advice(rule);
  const harmless = words.falsePositives(rule);
  return (
    <>
      {advice && <section className="section"><h2>{t('rule.advice')}</h2><p className="prose"><Untrusted value={advice} /></p></section>}
      <section className="section">
        <h2>{t('alert.aboutRule')}</h2>
        <p className="prose"><Untrusted value={words.description(rule)} /></p>
        <p className="no-print"><Link to="/rules/$id" params={{ id: alert.rule.id }}>{t('alert.openRule')}</Link></p>
      </section>
      {harmless.length > 0 && (
        <section className="section">
          <h2>{t('rule.falsePositives')}</h2>
          <ul className="plain-list dotted">{harmless.map((each, i) => <li key={i}><Untrusted value={each} /></li>)}</ul>
        </section>
      )}
    </>
  );
}

function Entities({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation();
  if (alert.entities.length === 0) return null;
  return (
    <section className="section">
      <h2>{t('alert.entities')}</h2>
      <dl className="pairs">
        {alert.entities.map(({ field, value }) => (
          <div key={`${field}=${value}`} className="pair">
            <dt><Untrusted value={field} /></dt>
            <dd><code><Value field={field} value={value} tenant={alert.tenant} at={alert.last_at} /></code><Place value={value} /></dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
