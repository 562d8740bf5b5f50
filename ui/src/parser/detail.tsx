import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Button, Segmented } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ParserDetail, ParserFormat, ParserSample } from '../client';
import { findTenant, isProvider, useCan, useMe } from '../identity/session';
import { Choice } from '../kit/choice';
import { CopyButton } from '../kit/copy';
import { DataTable, type Column } from '../kit/data-table';
import { count } from '../kit/number';
import { Page, Section } from '../kit/page';
import { Empty, Failure, Loading } from '../kit/states';
import { Ago } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { filter } from '../search/logsql';
import { TenantName } from '../tenancy/band';
import { useScope } from '../tenancy/scope';
import { useParserNames } from './names';
import { tabs } from './params';
import { parserQuery } from './queries';
import '../rule/rule.css';
import './parser.css';

const YamlView = lazy(() => import('../rule/yaml-view'));
const route = getRouteApi('/shell/parsers/$id');
const batch = 20; // samples drawn at a time

/** One parser: who it is for, what it reads, what proves it, and what it read here. */
export function ParserPage() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const { tenant } = useScope();
  const parser = useQuery(parserQuery(id, tenant?.slug));
  if (parser.error && !parser.data) return <Page title={t('parser.one')}><Failure error={parser.error} retry={() => void parser.refetch()} /></Page>;
  if (!parser.data) return <Page title={t('parser.one')}><Loading lines={12} /></Page>;
  return <Loaded parser={parser.data} />;
}

function Loaded({ parser }: { parser: ParserDetail }) {
  const { t, i18n } = useTranslation();
  const { tenant } = useScope();
  const can = useCan();
  const provider = isProvider(useMe());
  const names = useParserNames();
  const { tab = 'formats', format } = route.useSearch();
  const navigate = route.useNavigate();
  const figures = { formats: parser.formats, samples: parser.samples, text: undefined };
  return (
    <Page
      title={`${names.vendor(parser)} ${names.product(parser)}`}
      count={names.kind(parser.kind)}
      actions={
        <>
          {can('event.search') && parser.use.events > 0 && <Link to="/search" search={{ tenant: tenant?.slug, q: filter('isoc.parser', parser.id, true), from: 'now-7d', to: 'now' }}>{t('parser.search')}</Link>}
          {provider && can('source.manage') && <Link to="/sources/parser" search={{ pack: parser.id }}><Button>{t('parser.tryAll')}</Button></Link>}
        </>
      }
    >
      <Facts parser={parser} />
      {parser.sources.length > 0 && <Senders parser={parser} />}
      <div className="row">
        <Segmented<(typeof tabs)[number]>
          aria-label={t('parser.tab.label')}
          value={tab}
          onChange={(next) => void navigate({ search: (before) => ({ ...before, tab: next === 'formats' ? undefined : next, format: undefined }), replace: true })}
          options={tabs.map((each) => ({ value: each, label: <>{t(`parser.tab.${each}`)} {figures[each] !== undefined && <span className="soft">{count(figures[each], i18n.language)}</span>}</> }))}
        />
      </div>
      {tab === 'formats' && <Formats parser={parser} />}
      {tab === 'samples' && <Samples key={format ?? ''} parser={parser} format={format} />}
      {tab === 'text' && (
        <div className="stack tight">
          <div className="row"><code className="soft">content/parsers/{parser.id}/pack.yml</code><CopyButton value={parser.source} label={t('kit.copy')} /></div>
          <Suspense fallback={<Loading lines={12} />}><YamlView text={parser.source} label={t('parser.tab.text')} /></Suspense>
        </div>
      )}
    </Page>
  );
}

function Facts({ parser }: { parser: ParserDetail }) {
  const { t, i18n } = useTranslation();
  return (
    <dl className="pairs">
      <dt>{t('parser.id')}</dt><dd><code>{parser.id}</code></dd>
      <dt>{t('parser.dataset')}</dt><dd><code>{parser.dataset}</code></dd>
      {parser.versions.length > 0 && <><dt>{t('parser.versions')}</dt><dd><Untrusted value={parser.versions.join(i18n.language === 'zh-CN' ? '、' : ', ')} /></dd></>}
      <dt>{t('parser.events')}</dt>
      <dd>{parser.use.events > 0 ? <>{count(parser.use.events, i18n.language)} · {t('parser.last')} <Ago at={parser.use.last_at} /></> : t('parser.notHere')}</dd>
      <dt>{t('parser.references')}</dt>
      <dd className="parser-references">{parser.references.map((each) => <a key={each} href={each} target="_blank" rel="noreferrer noopener"><Untrusted value={each} /></a>)}</dd>
    </dl>
  );
}

function Senders({ parser }: { parser: ParserDetail }) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  return (
    <Section title={t('parser.sources')}>
      <DataTable
        still
        label={t('parser.sources')}
        columns={[
          {
            key: 'name',
            title: t('source.name'),
            kind: 'wide',
            render: (row) => row.name
              ? <Link to="/sources/$id" params={{ id: row.id }} search={{ tenant: findTenant(me, row.tenant)?.slug }}>{row.name}</Link>
              : <span className="soft">{t('parser.sourceGone')} <code>{row.id}</code></span>,
          },
          { key: 'tenant', title: t('kit.tenant'), kind: 'min', render: (row) => row.tenant ? <TenantName id={row.tenant} /> : '–' },
          { key: 'events', title: t('parser.events'), kind: 'number', render: (row) => count(row.events, i18n.language) },
          { key: 'last', title: t('parser.last'), kind: 'min', wideOnly: true, render: (row) => <Ago at={row.last_at} /> },
        ]}
        rows={parser.sources}
        rowKey={(row) => row.id}
        empty={null}
      />
    </Section>
  );
}

function Formats({ parser }: { parser: ParserDetail }) {
  const { t, i18n } = useTranslation();
  const { tenant } = useScope();
  const can = useCan();
  const about = useAbout();
  const navigate = route.useNavigate();
  const rows = [...parser.format_list].sort((a, b) => b.events - a.events);
  const samples = (format: string) => parser.sample_list.filter((each) => each.format === format).length;
  const show = (format: string) => void navigate({ search: (before) => ({ ...before, tab: 'samples' as const, format }) });
  const columns: Column<ParserFormat>[] = [
    { key: 'id', title: t('parser.format'), render: (row) => <code className="parser-format"><Untrusted value={row.id} /></code> },
    { key: 'about', title: t('parser.about'), kind: 'wide', render: (row) => <Untrusted value={about(row)} /> },
    {
      key: 'samples',
      title: t('parser.samples'),
      kind: 'number',
      render: (row) => samples(row.id) > 0
        ? <Link to="/parsers/$id" params={{ id: parser.id }} search={{ tenant: tenant?.slug, tab: 'samples', format: row.id }} aria-label={`${count(samples(row.id), i18n.language)} ${t('parser.samples')} ${row.id}`}>{count(samples(row.id), i18n.language)}</Link>
        : '–',
    },
    {
      key: 'events',
      title: t('parser.events'),
      kind: 'number',
      render: (row) => {
        const shown = count(row.events, i18n.language);
        if (row.events === 0) return <span className="faint">–</span>;
        const q = `${filter('isoc.parser', parser.id, true)} ${filter('isoc.format', row.id, true)}`;
        return can('event.search') ? <Link to="/search" search={{ tenant: tenant?.slug, q, from: 'now-7d', to: 'now' }}>{shown}</Link> : shown;
      },
    },
    { key: 'last', title: t('parser.last'), kind: 'min', wideOnly: true, render: (row) => <Ago at={row.last_at} /> },
  ];
  return (
    <>
      {parser.unmatched > 0 && <p className="soft">{t('parser.unmatched', { count: parser.unmatched, shown: count(parser.unmatched, i18n.language) })}</p>}
      <DataTable label={t('parser.tab.formats')} columns={columns} rows={rows} rowKey={(row) => row.id} open={(row) => show(row.id)} empty={null} />
    </>
  );
}

function useAbout(): (format: ParserFormat) => string {
  const { t, i18n } = useTranslation();
  return (format) => (i18n.language === 'zh-CN' && format.about_zh) || format.about || (format.id === 'all' ? t('parser.everyRecord') : '');
}

function Samples({ parser, format }: { parser: ParserDetail; format: string | undefined }) {
  const { t, i18n } = useTranslation();
  const navigate = route.useNavigate();
  const [most, setMost] = useState(batch);
  const numbered = parser.sample_list.map((sample, at) => ({ sample, at }));
  const rows = numbered.filter(({ sample }) => !format || sample.format === format);
  return (
    <div className="stack">
      <div className="row">
        <Choice
          label={t('parser.format')} any={t('parser.anyFormat')} value={format} search
          options={[...new Set(parser.sample_list.map((each) => each.format).filter(Boolean))].map((each) => ({ value: each, label: each }))}
          set={(next) => void navigate({ search: (before) => ({ ...before, format: next }), replace: true })}
        />
        <span className="soft">{t('parser.sampleCount', { count: rows.length, shown: count(rows.length, i18n.language) })}</span>
      </div>
      {rows.length === 0 && <Empty title={t('parser.noSamples')} />}
      {rows.slice(0, most).map(({ sample, at }) => <Sample key={at} pack={parser.id} sample={sample} at={at} />)}
      {rows.length > most && <Button onClick={() => setMost(most + batch)}>{t('kit.more')}</Button>}
    </div>
  );
}

/** A record, and beside it what it must become. */
function Sample({ pack, sample, at }: { pack: string; sample: ParserSample; at: number }) {
  const { t } = useTranslation();
  const can = useCan();
  const provider = isProvider(useMe());
  const name = t('parser.sampleNumber', { number: at + 1 });
  return (
    <article className="parser-sample" aria-label={name}>
      <header className="row">
        <strong>{name}</strong>
        {sample.format && <code><Untrusted value={sample.format} /></code>}
        {sample.about && <span className="soft"><Untrusted value={sample.about} /></span>}
        {sample.encoding !== 'utf-8' && <span className="tag">{sample.encoding.toUpperCase()}</span>}
        {sample.zone && <span className="tag">{sample.zone}</span>}
        <span className="grow" />
        <CopyButton value={sample.raw} />
        {provider && can('source.manage') && <Link to="/sources/parser" search={{ pack, sample: String(at + 1), zone: sample.zone || undefined }}>{t('parser.tryOne')}</Link>}
      </header>
      <div className="parser-sides">
        <pre className="mono"><Untrusted value={sample.raw} /></pre>
        <table aria-label={t('parser.want')}>
          <tbody>
            {sample.want.map((field) => (
              <tr key={field.name}><th scope="row"><code>{field.name}</code></th><td><code><Untrusted value={field.values.join(', ')} /></code></td></tr>
            ))}
            {sample.absent.map((field) => <tr key={field}><th scope="row"><code>{field}</code></th><td className="faint">{t('parser.absent')}</td></tr>)}
          </tbody>
        </table>
      </div>
    </article>
  );
}
