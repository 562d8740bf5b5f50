import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { AlertDetail, AlertTransition, RuleDetail } from '../client';
import { findTenant, useCan, useMe } from '../identity/session';
import { CopyButton } from '../kit/copy';
import { count } from '../kit/number';
import { Page, Section } from '../kit/page';
import { Severity } from '../kit/severity';
import { Failure, Loading } from '../kit/states';
import { Ago, At } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { RuleTags } from '../rule/tags';
import { useRuleWords } from '../rule/words';
import { ruleQuery } from '../rule/queries';
import { TenantName } from '../tenancy/band';
import './alert.css';
import { Evidence } from './evidence';
import { Moves } from './moves';
import { alertQuery } from './queries';
import { AlertWhy } from './why/why';
import { StateTag, useStateName, useVerdictName } from './state';

const route = getRouteApi('/shell/alerts/$id');

/** One alert: why it fired, on what, and what was done about it. */
export function AlertPage() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const alert = useQuery(alertQuery(id));
  if (alert.error && !alert.data) {
    return <Page title={t('alert.alert')}><Failure error={alert.error} retry={() => void alert.refetch()} /></Page>;
  }
  if (!alert.data) return <Page title={t('alert.alert')}><Loading lines={12} /></Page>;
  return <Loaded alert={alert.data} />;
}

function Loaded({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation();
  const me = useMe();
  const can = useCan();
  const words = useRuleWords();
  const tenant = findTenant(me, alert.tenant)?.slug;
  // The rule as it is loaded now, for the words around it; the alert keeps its own title.
  const rule = useQuery({ ...ruleQuery(alert.rule.id), enabled: can('rule.read') && alert.rule_source !== '' }).data;
  const title = rule?.title === alert.rule.title ? words.title(rule) : alert.rule.title;
  return (
    <Page
      tab={title}
      title={<><Severity level={alert.rule.level} />{' '}<Untrusted value={title} /></>}
      actions={<StateTag state={alert.state} verdict={alert.verdict} />}
    >
      <div className="alert-body">
        <div className="stack">
          <Section title={t('why.title')}><AlertWhy alert={alert} /></Section>
          <Why alert={alert} rule={rule} />
          <Evidence evidence={alert.evidence} count={alert.count} tenant={tenant} />
          <RuleSource alert={alert} />
        </div>
        <Side alert={alert} />
      </div>
    </Page>
  );
}

function Why({ alert, rule }: { alert: AlertDetail; rule: RuleDetail | undefined }) {
  const { t } = useTranslation();
  const words = useRuleWords();
  return (
    <>
      <Section title={t('alert.aboutRule')}>
        {rule && <p className="prose"><Untrusted value={words.description(rule)} /></p>}
        <div className="row">
          {rule && <Link to="/rules/$id" params={{ id: alert.rule.id }}>{t('alert.openRule')}</Link>}
          <RuleTags tags={alert.rule.tags} />
        </div>
      </Section>
      {rule && words.advice(rule) && <Section title={t('rule.advice')}><p className="prose"><Untrusted value={words.advice(rule)} /></p></Section>}
    </>
  );
}

function RuleSource({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation();
  if (!alert.rule_source) return <p className="notice">{t('alert.ruleGone')}</p>;
  return (
    <details>
      <summary className="soft">{t('alert.ruleSource')}</summary>
      <pre className="raw"><Untrusted value={alert.rule_source} /></pre>
    </details>
  );
}

function Side({ alert }: { alert: AlertDetail }) {
  const { t, i18n } = useTranslation();
  const can = useCan();
  return (
    <aside className="side">
      {can('alert.judge') && <Section title={t('alert.handle')}><Moves alert={alert} /></Section>}
      <Section title={t('alert.facts')}>
        <dl className="pairs">
          <dt>{t('kit.tenant')}</dt><dd><TenantName id={alert.tenant} /></dd>
          <dt>{t('alert.count')}</dt><dd>{count(alert.count, i18n.language)}</dd>
          <dt>{t('alert.first')}</dt><dd><At at={alert.first_at} /></dd>
          <dt>{t('alert.last')}</dt><dd><At at={alert.last_at} /> <span className="faint">(<Ago at={alert.last_at} />)</span></dd>
          {alert.assignee && <><dt>{t('alert.assignee')}</dt><dd>{alert.assignee}</dd></>}
        </dl>
      </Section>
      {alert.entities.length > 0 && (
        <Section title={t('alert.entities')}>
          <dl className="pairs">
            {alert.entities.map(({ field, value }) => (
              <div key={`${field}=${value}`} className="pair">
                <dt>{field}</dt>
                <dd><code><Untrusted value={value} /></code><CopyButton value={value} /></dd>
              </div>
            ))}
          </dl>
        </Section>
      )}
      <Section title={t('alert.timeline')}><Timeline alert={alert} /></Section>
    </aside>
  );
}

function Timeline({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation();
  return (
    <ol className="timeline">
      {alert.transitions.map((each, i) => <Step key={i} step={each} />).reverse()}
      <li><p>{t('alert.raised')}</p><p className="faint"><At at={alert.created_at} /></p></li>
    </ol>
  );
}

function Step({ step }: { step: AlertTransition }) {
  const name = useStateName();
  const verdictName = useVerdictName();
  return (
    <li>
      <p>{name(step.from)} → {name(step.to)}{step.verdict && ` · ${verdictName(step.verdict)}`}</p>
      {step.reason && <p className="reason"><Untrusted value={step.reason} /></p>}
      <p className="faint">{step.actor} · <At at={step.at} /></p>
    </li>
  );
}
