import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { App, Button, Input, Modal, Segmented } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type FreshSource, type Membership, type Source } from '../client';
import { isProvider, useCan, useMe } from '../identity/session';
import { CopyButton } from '../kit/copy';
import { count } from '../kit/number';
import { Page, Section } from '../kit/page';
import { Empty, Failure, Loading } from '../kit/states';
import { Ago, At } from '../kit/time';
import { useChange } from '../kit/use-change';
import { SourceProposal } from '../learn/link';
import { OwnParser } from '../learn/source-card';
import { TenantName } from '../tenancy/band';
import { ChooseTenant } from '../tenancy/choose';
import { useScope } from '../tenancy/scope';
import { Coverage } from './coverage';
import { SourceEditor, useFloorName } from './editor';
import { encodings, useKindName } from './kinds';
import { spans } from './params';
import { ParsedRecord } from './parsed';
import { coverageQuery, latestQuery, seriesQuery, sourceQuery } from './queries';
import { Series } from './series';
import { SenderSetup } from './setup';
import { percent, seconds, SourceState, useClock, useRate, useReasons } from './state';
import './source.css';

const route = getRouteApi('/shell/sources/$id');
const refresh = 10_000; // ms

/** One source: how it is and what to do, what it did, what it sent last. */
export function SourcePage() {
  const { t } = useTranslation();
  const { tenant } = useScope();
  if (!tenant) return <Page title={t('source.title')}><ChooseTenant /></Page>;
  return <OfTenant key={tenant.id} tenant={tenant} />;
}

function OfTenant({ tenant }: { tenant: Membership }) {
  const { t } = useTranslation();
  const can = useCan();
  const { id } = route.useParams();
  const { edit } = route.useSearch();
  const navigate = route.useNavigate();
  const [fresh, setFresh] = useState<FreshSource>();
  const source = useQuery({ ...sourceQuery(tenant.id, id), refetchInterval: refresh });
  const change = (open: boolean) => void navigate({ search: (before) => ({ ...before, edit: open ? 'yes' as const : undefined }), replace: true });
  const row = source.data;
  if (source.error && !row) return <Page title={t('source.title')}><Failure error={source.error} retry={() => void source.refetch()} /></Page>;
  if (!row) return <Page title={t('source.title')}><Loading /></Page>;
  const manage = can('source.manage');
  return (
    <Page
      title={row.name}
      count={<SourceState state={row.health.state} />}
      actions={
        <>
          <TenantName id={row.tenant} />
          {can('event.search') && <Link to="/search" search={{ tenant: tenant.slug, q: `isoc.source.id:=${row.id}`, from: 'now-24h', to: 'now' }}>{t('source.search')}</Link>}
          {manage && <Button onClick={() => change(true)}>{t('source.edit')}</Button>}
          {manage && <Danger source={row} slug={tenant.slug} issued={setFresh} />}
        </>
      }
    >
      {fresh && <NewToken fresh={fresh} close={() => setFresh(undefined)} />}
      <Reasons source={row} slug={tenant.slug} />
      {row.proposal && <p className="notice row"><span className="grow">{t('learn.own.proposed')}</span><SourceProposal source={row} /></p>}
      <Figures source={row} />
      {row.last_seen && <Course tenant={tenant.id} id={id} />}
      {row.health.state !== 'disabled' && <Coverage source={row} slug={tenant.slug} />}
      {can('event.search') && <Latest source={row} />}
      {row.last_seen && <OwnParser source={row} slug={tenant.slug} />}
      <Settings source={row} />
      {manage && edit === 'yes' && <SourceEditor key={row.version} source={row} close={() => change(false)} />}
    </Page>
  );
}

function Reasons({ source, slug }: { source: Source; slug: string }) {
  const { t } = useTranslation();
  const reasons = useReasons()(source);
  if (source.health.state === 'never') {
    return (
      <>
        <p className="notice row">
          <span className="grow">{t('source.neverText')}</span>
          <Link to="/sources/new" search={{ tenant: slug, made: source.id }}>{t('source.continue')}</Link>
        </p>
        <ReasonList reasons={reasons} />
      </>
    );
  }
  if (source.health.state === 'disabled') return <p className="notice">{t('source.disabledText')}</p>;
  return <ReasonList reasons={reasons}><Cost source={source} /></ReasonList>;
}

/** The rules that a source costs as it is. */
function Cost({ source }: { source: Source }) {
  const { t, i18n } = useTranslation();
  const found = useQuery(coverageQuery(source.tenant, source.id, source.last_seen)).data;
  if (!found || found.basis !== 'records' || found.sole === 0) return null;
  const silent = source.health.state === 'silent';
  return <>{t(silent ? 'source.coverage.blind' : 'source.coverage.wouldBlind', { count: found.sole, shown: count(found.sole, i18n.language) })}</>;
}

const starving = new Set(['silent', 'drop']);

function ReasonList({ reasons, children }: { reasons: ReturnType<ReturnType<typeof useReasons>>; children?: ReactNode }) {
  const { t } = useTranslation();
  if (reasons.length === 0) return null;
  return (
    <ul className="source-reasons" aria-label={t('source.reasons')}>
      {reasons.map((reason) => (
        <li key={reason.code} className={reason.code}><strong>{reason.says}</strong><br /><span className="soft">{reason.advice}</span>{starving.has(reason.code) && <> {children}</>}</li>
      ))}
    </ul>
  );
}

function Figures({ source }: { source: Source }) {
  const { t, i18n } = useTranslation();
  const rate = useRate();
  const clock = useClock();
  const { usual_s: usual, allowed_s: allowed, clock_s: off, usual_hour: usualHour } = source.health;
  return (
    <dl className="source-figures">
      <div><dt>{t('source.lastSeen')}</dt><dd>{source.last_seen ? <Ago at={source.last_seen} /> : '–'}</dd></div>
      <div><dt>{t('source.rate')}</dt><dd>{rate(source.rate_1m)}</dd></div>
      <div><dt>{t('source.recordsHour')}</dt><dd>{count(source.records_1h, i18n.language)}</dd></div>
      <div><dt>{t('source.usualHour')}</dt><dd title={t('source.usualHourText')}>{usualHour === undefined ? '–' : count(usualHour, i18n.language)}</dd></div>
      <div><dt>{t('source.parseRate')}</dt><dd>{source.parse_rate === undefined ? '–' : percent(source.parse_rate)}</dd></div>
      <div><dt>{t('source.lag')}</dt><dd>{source.lag_s === undefined ? '–' : seconds(source.lag_s)}</dd></div>
      <div><dt>{t('source.clock')}</dt><dd title={t('source.clockText')}>{clock(off)}</dd></div>
      <div><dt>{t('source.usual')}</dt><dd title={t('source.usualText')}>{usual > 0 ? seconds(usual) : '–'}</dd></div>
      <div><dt>{t('source.allowed')}</dt><dd title={t('source.allowedText')}>{seconds(allowed)}</dd></div>
    </dl>
  );
}

function Course({ tenant, id }: { tenant: string; id: string }) {
  const { t } = useTranslation();
  const { span = '24h' } = route.useSearch();
  const navigate = route.useNavigate();
  const series = useQuery({ ...seriesQuery(tenant, id, span), refetchInterval: 30_000, placeholderData: keepPreviousData });
  return (
    <Section
      title={t('source.course')}
      extra={
        <Segmented
          size="small"
          value={span}
          options={spans.map((each) => ({ value: each, label: t(`source.span.${each}`) }))}
          onChange={(next) => void navigate({ search: (before) => ({ ...before, span: next === '24h' ? undefined : next }), replace: true })}
        />
      }
    >
      {series.error && !series.data && <Failure error={series.error} retry={() => void series.refetch()} />}
      {!series.data && !series.error && <Loading lines={4} />}
      {series.data && <Series points={series.data.items} span={t(`source.span.${span}`)} />}
    </Section>
  );
}

function Latest({ source }: { source: Source }) {
  const { t } = useTranslation();
  const can = useCan();
  const provider = isProvider(useMe());
  const latest = useQuery({ ...latestQuery(source.tenant, source.id, 5), refetchInterval: refresh });
  const items = latest.data?.items;
  return (
    <Section title={t('source.latest')} extra={provider && can('source.manage') && (
      <Link
        to="/sources/parser"
        search={(before) => ({
          tenant: before.tenant, source: source.id, kind: source.kind === 'auto' ? undefined : source.kind, zone: source.time_zone || undefined,
          encoding: encodings.find((each) => each === source.encoding && each !== 'auto'),
        })}
      >
        {t('source.tryLatest')}
      </Link>
    )}>
      {latest.error && !items && <Failure error={latest.error} retry={() => void latest.refetch()} />}
      {!items && !latest.error && <Loading lines={3} />}
      {items?.length === 0 && <Empty title={source.last_seen ? t('source.soon') : t('source.never')} />}
      <div>
        {items?.map((record) => (
          <ParsedRecord key={String(record.event['event.id'])} raw={record.raw} fields={record.event} steps={record.steps} />
        ))}
      </div>
    </Section>
  );
}

function Settings({ source }: { source: Source }) {
  const { t, i18n } = useTranslation();
  const kindName = useKindName();
  const floor = useFloorName();
  return (
    <Section title={t('source.settingsOf')}>
      <dl className="pairs">
        <dt>{t('source.kind')}</dt><dd>{kindName(source.kind)}</dd>
        <dt>{t('source.senders')}</dt><dd><code>{source.senders.join(' ') || '–'}</code></dd>
        {source.cert_names.length > 0 && <><dt>{t('source.certNames')}</dt><dd><code>{source.cert_names.join(', ')}</code></dd></>}
        <dt>{t('source.port')}</dt><dd>{source.port || '–'}</dd>
        <dt>{t('source.timeZone')}</dt><dd>{source.time_zone || 'UTC'}</dd>
        <dt>{t('source.encoding')}</dt><dd>{source.encoding === 'auto' ? t('source.encodingAuto') : source.encoding.toUpperCase()}</dd>
        <dt>{t('source.expect')}</dt><dd>{source.expect_minutes ? `${source.expect_minutes} ${t('source.minutes')}` : t('source.expectHabit')}</dd>
        <dt>{t('source.verdicts.label')}</dt><dd>{floor(source.verdicts_from)}</dd>
        <dt>{t('source.token')}</dt><dd><code>{source.token_hint}…</code></dd>
        <dt>{t('source.records')}</dt><dd>{count(source.records, i18n.language)}</dd>
        <dt>{t('source.unparsed')}</dt><dd>{count(source.unparsed, i18n.language)}</dd>
        <dt>{t('kit.created')}</dt><dd><At at={source.created_at} /></dd>
        <dt>{t('source.id')}</dt><dd><code>{source.id}</code> <CopyButton value={source.id} /></dd>
      </dl>
    </Section>
  );
}

function NewToken({ fresh, close }: { fresh: FreshSource; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      open
      width={760}
      title={t('source.tokenOf', { name: fresh.name })}
      mask={{ closable: false }}
      onCancel={close}
      footer={<Button type="primary" onClick={close}>{t('kit.kept')}</Button>}
    >
      <p className="notice warn">{t('kit.once')}</p>
      <p className="secret"><code>{fresh.token}</code><CopyButton value={fresh.token} label={t('kit.copy')} /></p>
      <SenderSetup source={fresh} token={fresh.token} />
    </Modal>
  );
}

function Danger({ source, slug, issued }: { source: Source; slug: string; issued: (source: FreshSource) => void }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const go = useNavigate();
  const [deleting, setDeleting] = useState(false);
  const [typed, setTyped] = useState('');
  const path = { params: { path: { tenant: source.tenant, source: source.id } } };
  const rotate = useChange({
    run: () => ask(client.POST('/api/v1/tenants/{tenant}/sources/{source}/token', path)),
    stale: [['sources']], then: issued,
  });
  const remove = useChange({
    run: () => ask(client.DELETE('/api/v1/tenants/{tenant}/sources/{source}', path)),
    stale: [['sources']], done: t('source.deleted'), then: () => void go({ to: '/sources', search: { tenant: slug } }),
  });
  return (
    <>
      <Button
        onClick={() => void modal.confirm({
          title: t('source.rotateTitle', { name: source.name }),
          content: t('source.rotateText'),
          okText: t('source.rotate'),
          okButtonProps: { danger: true },
          onOk: () => rotate.mutateAsync().catch(() => undefined),
        })}
      >
        {t('source.rotate')}
      </Button>
      <Button danger onClick={() => setDeleting(true)}>{t('source.delete')}</Button>
      <Modal
        open={deleting}
        title={t('source.deleteTitle', { name: source.name })}
        okText={t('source.delete')}
        okButtonProps={{ danger: true, disabled: typed.trim() !== source.name }}
        confirmLoading={remove.isPending}
        onCancel={() => setDeleting(false)}
        onOk={() => remove.mutate()}
        afterClose={() => setTyped('')}
      >
        <div className="stack">
          <p>{t('source.deleteText')}</p>
          <label className="stack tight">
            <span>{t('source.deleteType', { name: source.name })}</span>
            <Input value={typed} autoComplete="off" onChange={(change) => setTyped(change.target.value)} />
          </label>
        </div>
      </Modal>
    </>
  );
}
