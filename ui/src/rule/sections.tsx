import { DownloadOutlined, FilterOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStateName, useVerdictName } from '../alert/state';
import { PlainTree } from '../alert/why/tree';
import '../alert/why/why.css';
import type { RuleDetail } from '../client';
import { ExceptionDrawer } from '../except/drawer';
import { useCan, useMe } from '../identity/session';
import { CopyButton } from '../kit/copy';
import { count } from '../kit/number';
import { revealed } from '../kit/reveal';
import { Spark } from '../kit/spark';
import { Failure, Loading } from '../kit/states';
import { Ago } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { AlertsLink } from '../overview/links';
import { TenantName } from '../tenancy/band';
import { useScope } from '../tenancy/scope';
import { AttackList } from './attack';
import { logSource, Origin } from './columns';
import { daily } from './days';
import { Filtered } from './filtered';
import { statuses } from './params';
import { ruleJudgedQuery, ruleStatsQuery, ruleTenantsQuery } from './queries';
import { Hits, VerdictList } from './verdicts';
import { useRuleWords } from './words';

interface Props {
  rule: RuleDetail;
}

/** Copies the link and the id, and gives the text as a file. */
export function RuleTools({ rule }: Props) {
  const { t } = useTranslation();
  const words = useRuleWords();
  const can = useCan();
  const written = rule.origin !== 'device';
  const manage = written && can('rule.manage');
  const tune = rule.kind !== 'filter' && can('rule.tune');
  const [excepting, setExcepting] = useState(false);
  return (
    <span className="row tight">
      {manage && <Link className="plain-button" to="/rules/$id/edit" params={{ id: rule.id }}>{t('rule.edit')}</Link>}
      {manage && <Link className="copy" to="/rules/new" search={{ from: rule.id }}>{t('rule.duplicate')}</Link>}
      {tune && <button type="button" className="copy" onClick={() => setExcepting(true)}><FilterOutlined /> <span>{t('except.fromRule')}</span></button>}
      {excepting && <ExceptionDrawer from={{ rule: { id: rule.id, title: words.title(rule) } }} close={() => setExcepting(false)} />}
      <CopyButton value={new URL(`/rules/${encodeURIComponent(rule.id)}`, location.href).href} label={t('rule.copyLink')} />
      <CopyButton value={rule.id} label={t('rule.copyId')} />
      {written && <button type="button" className="copy" onClick={() => download(rule)}><DownloadOutlined /> <span>{t('rule.download')}</span></button>}
    </span>
  );
}

function download(rule: RuleDetail) {
  const link = document.createElement('a');
  const address = URL.createObjectURL(new Blob([rule.source], { type: 'application/yaml' }));
  link.href = address;
  link.download = fileName(rule.path);
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000); // once the browser has taken it
}

/** The last part of a path, as a name that every system takes. */
export function fileName(path: string): string {
  const last = path.split('/').at(-1)?.replace(/\.ya?ml$/i, '').replace(/[^\p{L}\p{N}._-]+/gu, '_').replace(/^\.+/, '') ?? '';
  return `${last || 'rule'}.yml`;
}

// What the verdicts of devices whose rules found no room are folded into.
const otherDevices = 'device:other';

/** What the rule looks for, in words. */
export function Looks({ rule }: Props) {
  const { t } = useTranslation();
  const words = useRuleWords();
  const description = words.description(rule);
  const advice = words.advice(rule);
  return (
    <>
      {rule.state === 'off' && <p className="notice warn">{t('rule.notRunning')}</p>}
      {rule.origin === 'device' && <p className="notice">{t(rule.id === otherDevices ? 'rule.device.other' : 'rule.device.text')}</p>}
      {description && <section><h3>{t('rule.looks')}</h3><p className="prose"><Untrusted value={description} /></p></section>}
      {advice && <section><h3>{t('rule.advice')}</h3><p className="prose"><Untrusted value={advice} /></p></section>}
      {rule.tags.length > 0 && <section><h3>ATT&amp;CK</h3><AttackList tags={rule.tags} /></section>}
    </>
  );
}

/** What came of the rule within what one may see: how often it fired, when, and where. */
export function Came({ rule }: Props) {
  const { t, i18n } = useTranslation();
  const { tenant } = useScope();
  const many = useMe().tenants.length > 1 && tenant === undefined;
  const read = useCan()('alert.read');
  const stats = useQuery({ ...ruleStatsQuery(rule.id, tenant?.slug), enabled: read });
  const tenants = useQuery({ ...ruleTenantsQuery(rule.id), enabled: read && many });
  const n = (value: number) => count(value, i18n.language);
  if (!rule.record) return null;
  const { record } = rule;
  const search = { rule: rule.id, state: 'all', from: 'now-30d' } as const;
  const ranked = (tenants.data?.items ?? []).map((each) => ({ ...each })).sort((a, b) => b.count - a.count).slice(0, top);
  return (
    <section>
      <h3>{t('rule.came')}</h3>
      <dl className="pairs">
        <dt title={t('rule.hitsText')}>{t('rule.hits.24h')}</dt><dd><Hits rule={rule.id} span="24h" value={record.day} /></dd>
        <dt title={t('rule.hitsText')}>{t('rule.hits.7d')}</dt><dd><Hits rule={rule.id} span="7d" value={record.week} /></dd>
        <dt>{t('rule.hits.total')}</dt>
        <dd>{record.total === 0 ? <span className="faint">0</span> : <AlertsLink search={{ rule: rule.id, state: 'all' }} label={t('rule.alerts')}>{n(record.total)}</AlertsLink>}</dd>
        <dt>{t('rule.column.last')}</dt><dd><Ago at={record.last_at} /></dd>
      </dl>
      {stats.error && <Failure error={stats.error} retry={() => void stats.refetch()} />}
      {stats.data && stats.data.total > 0 && (
        <>
          <p className="soft rule-days"><Spark values={daily(stats.data.over_time, new Date())} width={300} height={40} label={t('rule.days', { count: stats.data.total, shown: n(stats.data.total) })} /> {t('rule.daysText')}</p>
          {many && <Top title={t('rule.top.tenants')} rows={ranked.map((each) => ({ key: each.key, count: each.count, name: <TenantName id={each.key} />, link: { ...search, tenant: each.key } }))} />}
          {fields.map((field) => (
            <Top
              key={field}
              title={t(`rule.top.${field}`)}
              rows={stats.data.top_entities.filter((each) => each.field === names[field]).slice(0, top).map((each) => ({
                key: each.value, count: each.count, name: <code><Untrusted value={each.value} /></code>, link: { ...search, entity: `${each.field}=${each.value}` },
              }))}
            />
          ))}
          <Top title={t('rule.top.sources')} rows={stats.data.top_sources.slice(0, top).map((each) => ({ key: `${each.tenant}/${each.id}`, count: each.count, name: <Untrusted value={each.name || each.id} />, link: { ...search, source: each.id || 'none' } }))} />
        </>
      )}
    </section>
  );
}

const top = 5;
const fields = ['hosts', 'addresses', 'users'] as const;
const names = { hosts: 'host.name', addresses: 'source.ip', users: 'user.name' } as const;

function Top({ title, rows }: { title: string; rows: { key: string; name: ReactNode; count: number; link: object }[] }) {
  const { i18n } = useTranslation();
  if (rows.length === 0) return null;
  return (
    <div className="rule-top">
      <h4>{title}</h4>
      <ul>{rows.map((row) => <li key={row.key}><span className="clip">{row.name}</span> <AlertsLink search={row.link} label={title}>{count(row.count, i18n.language)}</AlertsLink></li>)}</ul>
    </div>
  );
}

/** How the rule's alerts were judged, with the latest reasons. */
export function Judged({ rule }: Props) {
  const { t } = useTranslation();
  const { tenant } = useScope();
  const verdictName = useVerdictName();
  const stateName = useStateName();
  const read = useCan()('alert.read');
  const list = useQuery({ ...ruleJudgedQuery(rule.id, tenant?.slug), enabled: read && rule.record !== undefined });
  if (!rule.record) return null;
  return (
    <section>
      <h3>{t('rule.judged.title')}</h3>
      <VerdictList record={rule.record} rule={rule.id} />
      {list.isPending && <Loading lines={2} />}
      {list.data && list.data.items.length > 0 && (
        <ul className="past-given">
          {list.data.items.map((each) => (
            <li key={each.id}>
              <Link to="/alerts/$id" params={{ id: each.id }}>{each.verdict ? verdictName(each.verdict) : stateName(each.state)}</Link>{' '}
              <TenantName id={each.tenant} /> <span className="faint">{each.updated_by} · <Ago at={each.updated_at} /></span>
              <p className="reason"><Untrusted value={each.reason} /></p>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** The condition part by part. */
export function Condition({ rule }: Props) {
  const { t } = useTranslation();
  if (!rule.tree) return null;
  return <section><h3>{t('rule.condition')}</h3><Filtered filters={rule.filters} /><PlainTree key={rule.id} tree={rule.tree} /></section>;
}

/** What its author says of it: known false positives, and where to read more. */
export function Texts({ rule }: Props) {
  const { t } = useTranslation();
  const words = useRuleWords();
  const known = words.falsePositives(rule);
  return (
    <>
      {known.length > 0 && <section><h3>{t('rule.falsePositives')}</h3><ul className="plain-list dotted">{known.map((item, i) => <li key={i}><Untrusted value={item} /></li>)}</ul></section>}
      {rule.references.length > 0 && (
        <section><h3>{t('rule.references')}</h3><ul className="plain-list">{rule.references.map((item, i) => <li key={i}><Reference text={item} /></li>)}</ul></section>
      )}
    </>
  );
}

/** Whether a text is an address that may be opened: http or https, and nothing that looks like another. */
export function isAddress(text: string): boolean {
  if (!/^https?:\/\/[\x21-\x7e]+$/i.test(text)) return false;
  try {
    const { protocol, username, password } = new URL(text);
    return (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
  } catch {
    return false;
  }
}

// Whoever wrote the rule chose where the link leads: it is shown whole, and tells the other side nothing.
function Reference({ text }: { text: string }) {
  const shown = <Untrusted value={text} />;
  return isAddress(text) ? <a href={text} target="_blank" rel="noopener noreferrer nofollow">{shown}</a> : <>{shown}<CopyButton value={text} /></>;
}

export function Facts({ rule }: Props) {
  const { t } = useTranslation();
  const status = statuses.find((each) => each === rule.status);
  return (
    <section>
      <h3>{t('rule.facts')}</h3>
      <dl className="pairs">
        <dt>ID</dt><dd><code><Untrusted value={rule.id} /></code></dd>
        {rule.origin === 'device' ? <><dt>{t('rule.origin.label')}</dt><dd><Origin rule={rule} /></dd></> : (
          <>
            {logSource(rule) && <><dt>{t('rule.logsource')}</dt><dd><Untrusted value={logSource(rule)} /></dd></>}
            {rule.status && <><dt>{t('rule.statusTitle')}</dt><dd>{status ? t(`rule.status.${status}`) : revealed(rule.status)}</dd></>}
            <dt>{t('rule.pack')}</dt><dd><Origin rule={rule} /> <code className="faint"><Untrusted value={rule.path} /></code></dd>
          </>
        )}
        {rule.author && <><dt>{t('rule.author')}</dt><dd><Untrusted value={rule.author} /></dd></>}
        {rule.date && <><dt>{t('rule.date')}</dt><dd><Untrusted value={rule.modified ? `${rule.date} → ${rule.modified}` : rule.date} /></dd></>}
        {rule.license && <><dt>{t('rule.license')}</dt><dd><Untrusted value={rule.license} /></dd></>}
      </dl>
    </section>
  );
}
