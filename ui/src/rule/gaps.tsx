import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type Backfill, type DryRun, type RuleDetail, type RuleGap, type RuleGaps } from '../client';
import { useCan, useMe } from '../identity/session';
import { asText } from '../kit/fields';
import { count } from '../kit/number';
import { Failure, Loading } from '../kit/states';
import { Ago, At, useAbsolute } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { useChange } from '../kit/use-change';
import { AlertsLink } from '../overview/links';
import { useScope } from '../tenancy/scope';
import './gaps.css';
import { band } from './gap-band';
import { ruleGapsQuery } from './queries';

const poll = 1000; // ms

interface Props {
  rule: RuleDetail;
}

/** Since when the rule is in force at a customer, what it missed there, and the way to look for that in the archive. */
export function Gaps({ rule }: Props) {
  const { t } = useTranslation();
  const { tenants } = useMe();
  const scope = useScope();
  const [chosen, choose] = useState<string>();
  const tenant = scope.tenant?.id ?? chosen ?? tenants[0]?.id;
  const gaps = useQuery({ ...ruleGapsQuery(rule.id, tenant ?? ''), enabled: tenant !== undefined });
  if (tenant === undefined || gaps.data?.since === null) return null; // it never was to run, or nobody records when it does
  return (
    <section className="rule-gaps">
      <h3>{t('gap.title')}</h3>
      {!scope.tenant && tenants.length > 1 && (
        <Select
          size="small" showSearch optionFilterProp="label" aria-label={t('gap.tenant')} value={tenant}
          options={tenants.map(({ id, name }) => ({ value: id, label: name }))} onChange={choose}
        />
      )}
      {gaps.error && <Failure error={gaps.error} retry={() => void gaps.refetch()} />}
      {gaps.isPending && <Loading lines={3} />}
      {gaps.data && <Shown key={tenant} rule={rule} tenant={tenant} gaps={gaps.data} />}
    </section>
  );
}

function Shown({ rule, tenant, gaps }: Props & { tenant: string; gaps: RuleGaps }) {
  const { t } = useTranslation();
  const running = gaps.runs.some(({ state }) => state === 'running');
  return (
    <>
      <Band gaps={gaps} />
      {gaps.gaps.length === 0 && <p className="soft">{t('gap.none')}</p>}
      <ul className="plain-list gap-list" aria-label={t('gap.list')}>
        {[...gaps.gaps].reverse().map((gap) => <Gap key={gap.id} rule={rule} tenant={tenant} gap={gap} running={running} />)}
      </ul>
      {gaps.runs.length > 0 && <Runs rule={rule} tenant={tenant} runs={gaps.runs} />}
    </>
  );
}

function Band({ gaps }: { gaps: RuleGaps }) {
  const { t } = useTranslation();
  const absolute = useAbsolute();
  const [now] = useState(() => Date.now());
  const word = (state: RuleGaps['spans'][number]['state'], current: boolean) => (state === 'on' && !current ? t('gap.state.changed') : t(`gap.state.${state}`));
  return (
    <div className="gap-band-box">
      <div className="gap-band" role="img" aria-label={gaps.spans.map(({ state, current, from }) => `${absolute(new Date(from))} ${word(state, current)}`).join('; ')}>
        {band(gaps.spans, now).map(({ span, share }, i) => (
          <i key={i} className={span.state === 'on' && !span.current ? 'changed' : span.state} style={{ flexGrow: share }} title={`${word(span.state, span.current)} ${absolute(new Date(span.from))}`} />
        ))}
      </div>
      <div className="row gap-ends faint"><At at={gaps.since!} /><span className="grow" />{t('gap.now')}</div>
    </div>
  );
}

interface GapProps extends Props {
  tenant: string;
  gap: RuleGap;
  running: boolean;
}

/** One gap: when and why, and what one may do about it. */
function Gap({ rule, tenant, gap, running }: GapProps) {
  const { t } = useTranslation();
  const tune = useCan()('rule.tune');
  const path = { tenant, id: rule.id, gap: gap.id };
  const [preview, setPreview] = useState<string>();
  const count = useChange({
    run: () => ask(client.POST('/api/v1/tenants/{tenant}/rules/{id}/gaps/{gap}/dry-run', { params: { path } })),
    stale: [], then: (began: DryRun) => setPreview(began.id),
  });
  const fill = useChange({
    run: () => ask(client.POST('/api/v1/tenants/{tenant}/rules/{id}/gaps/{gap}/backfill', { params: { path } })),
    stale: [['rule', rule.id]], then: () => setPreview(undefined),
  });
  useForgetting(preview);
  return (
    <li>
      <div className="row tight">
        <b>{t(`gap.kind.${gap.kind}`)}</b>
        <span className="soft"><At at={gap.from} /> – {gap.to ? <At at={gap.to} /> : t('gap.now')}</span>
      </div>
      {gap.reason && <p className="soft"><Untrusted value={gap.reason} /></p>}
      {gap.filled && <p className="gap-filled">✓ {t('gap.filled')} <span className="faint"><Untrusted value={gap.filled.by} /> · <Ago at={gap.filled.at} /></span></p>}
      {gap.barred !== '' && <p className="soft">{t(`gap.barred.${gap.barred}`)}</p>}
      {gap.barred === '' && tune && !gap.filled && preview === undefined && (
        <button type="button" className="act" disabled={count.isPending || running} onClick={() => count.mutate()}>{t('gap.count')}</button>
      )}
      {preview !== undefined && <Impact run={preview} filling={fill.isPending} fill={() => fill.mutate()} drop={() => setPreview(undefined)} />}
    </li>
  );
}

// What nobody looks at any more need not be counted.
function useForgetting(run: string | undefined): void {
  useEffect(() => () => {
    if (run !== undefined) void client.DELETE('/api/v1/dry-runs/{run}', { params: { path: { run } } });
  }, [run]);
}

const shownExamples = 5;

/** What filling the gap would raise, before it does. */
function Impact({ run, filling, fill, drop }: { run: string; filling: boolean; fill: () => void; drop: () => void }) {
  const { t, i18n } = useTranslation();
  const found = useQuery({
    queryKey: ['dry-run', run],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/dry-runs/{run}', { params: { path: { run } }, signal })),
    refetchInterval: ({ state }) => (state.data?.finished_at === undefined ? poll : false),
  });
  const n = (value: number) => count(value, i18n.language);
  if (found.error) return <Failure error={found.error} retry={drop} />;
  if (!found.data) return <Loading lines={2} />;
  const { data } = found;
  const over = data.finished_at !== undefined;
  return (
    <div className="gap-impact" role="region" aria-label={t('gap.impact')} aria-live="polite">
      {!over && <progress value={data.progress} max={1} aria-label={t('gap.progress')} />}
      {data.state === 'failed' && <p className="notice bad" role="alert">{t('gap.failed')} <Untrusted value={data.reason} /></p>}
      {data.ended_early !== '' && <p className="notice warn">{t('gap.early')}</p>}
      <p><b>{t('gap.hits', { count: data.hits, shown: n(data.hits) })}</b> · <b>{t('gap.alerts', { count: data.alerts, shown: n(data.alerts) })}</b></p>
      <p className="soft">
        {t('gap.events', { count: data.events, shown: n(data.events) })}
        {data.excepted > 0 && <> {t('gap.excepted', { count: data.excepted, shown: n(data.excepted) })}</>}
        {data.known > 0 && <> {t('gap.known', { count: data.known, shown: n(data.known) })}</>}
      </p>
      {data.examples.length > 0 && (
        <ul className="plain-list gap-examples" aria-label={t('gap.examples')}>
          {data.examples.slice(0, shownExamples).map((each) => (
            <li key={each.event_id}><span className="nowrap faint"><At at={each.time} /></span> <code className="clip"><Untrusted value={asText(each.event?.['message'] ?? each.event?.['event.original'])} /></code></li>
          ))}
        </ul>
      )}
      <div className="row tight">
        {over && data.state === 'done' && <button type="button" className="plain-button primary" disabled={filling} onClick={fill}>{t('gap.fill')}</button>}
        <button type="button" className="plain-button" onClick={drop}>{t('kit.cancel')}</button>
      </div>
      {over && data.state === 'done' && <p className="faint">{t('gap.fillText')}</p>}
    </div>
  );
}

const shownRuns = 5;

/** What was searched for, the latest first. */
function Runs({ rule, tenant, runs }: Props & { tenant: string; runs: Backfill[] }) {
  const { t, i18n } = useTranslation();
  const tune = useCan()('rule.tune');
  const cancel = useChange({
    run: (run: string) => ask(client.DELETE('/api/v1/tenants/{tenant}/backfills/{run}', { params: { path: { tenant, run } } })),
    stale: [['rule', rule.id]],
  });
  const n = (value: number) => count(value, i18n.language);
  return (
    <>
      <h4>{t('gap.runs')}</h4>
      <ul className="plain-list gap-runs" aria-label={t('gap.runs')}>
        {runs.slice(0, shownRuns).map((run) => (
          <li key={run.id}>
            <div className="row tight">
              <span className={`tag ${run.state === 'done' && run.ended_early === '' ? 'good' : run.state === 'running' ? 'accent' : 'warn'}`}>{run.ended_early !== '' && run.state === 'done' ? t('gap.run.partly') : t(`gap.run.${run.state}`)}</span>
              <span className="faint"><Untrusted value={run.by} /> · <Ago at={run.at} /></span>
              {run.state === 'running' && tune && <button type="button" className="act" disabled={cancel.isPending} onClick={() => cancel.mutate(run.id)}>{t('kit.cancel')}</button>}
            </div>
            {run.state === 'running' && <progress value={run.progress} max={1} aria-label={t('gap.progress')} />}
            <p className="soft">{t('gap.raised', { count: run.hits, raised: n(run.raised), hits: n(run.hits) })}</p>
            {run.state === 'done' && run.ended_early !== '' && <p className="soft">{t('gap.early')}</p>}
          </li>
        ))}
      </ul>
      <p><AlertsLink search={{ rule: rule.id, state: 'all', tenant }}>{t('gap.toAlerts')}</AlertsLink></p>
    </>
  );
}
