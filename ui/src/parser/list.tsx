import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { Button } from 'antd';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Parser, ParserCatalogue } from '../client';
import { isProvider, useCan, useMe } from '../identity/session';
import { Choice } from '../kit/choice';
import { DataTable, type Column } from '../kit/data-table';
import { count, counted, share } from '../kit/number';
import { Page } from '../kit/page';
import { SearchField } from '../kit/search-field';
import { Empty } from '../kit/states';
import { Ago } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { ProposalsLink } from '../learn/link';
import { filter } from '../search/logsql';
import { useScope } from '../tenancy/scope';
import { useParserNames } from './names';
import { chosen } from './order';
import { orders, type ParsersParams } from './params';
import { OwnList } from './own-list';
import { parsersQuery } from './queries';
import '../kit/side-list.css';
import './parser.css';

const route = getRouteApi('/shell/parsers');
const batch = 200; // rows drawn at a time

/** Every kind of device that is understood: who makes it, in how many formats it speaks, and whether it speaks here. */
export function ParserList() {
  const { t, i18n } = useTranslation();
  const { tenant } = useScope();
  const can = useCan();
  const provider = isProvider(useMe());
  const names = useParserNames();
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const go = useNavigate();
  const [most, setMost] = useState(batch);
  const list = useQuery(parsersQuery(tenant?.slug));
  const set = useCallback((change: ParsersParams) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true }), [navigate]);
  const search = useCallback((q: string) => set({ q: q || undefined }), [set]);
  const rows = list.data && chosen(list.data.items, params, names.kind);
  const columns = useColumns(params.sort ?? 'use', (sort) => set({ sort: sort === 'use' ? undefined : sort }));
  return (
    <Page
      title={t('parser.title')}
      count={list.data && rows && t('kit.rows', counted(params.show === 'own' ? list.data.own.length : rows.length, i18n.language))}
      actions={
        <>
          <ProposalsLink />
          {can('event.search') && <Link to="/parsers/unparsed">{t('parser.unparsed.title')}</Link>}
          {provider && can('source.manage') && <Link to="/sources/parser"><Button type="primary">{t('source.try')}</Button></Link>}
        </>
      }
    >
      {list.data && <Totals catalogue={list.data} params={params} set={set} />}
      {params.show === 'own' && list.data ? <OwnList rows={list.data.own} /> : (
        <>
          <div className="row filters">
            <SearchField value={params.q ?? ''} onChange={search} label={t('parser.find')} />
            <Choice
              label={t('parser.kind')} any={t('parser.anyKind')} value={params.kind} search
              options={tally(list.data?.items ?? [], (row) => row.kind).map(([kind, n]) => ({ value: kind, label: `${names.kind(kind)} (${n})` }))}
              set={(kind) => set({ kind })}
            />
            <Choice
              label={t('parser.vendor')} any={t('parser.anyVendor')} value={params.vendor} search
              options={tally(list.data?.items ?? [], (row) => row.vendor).map(([vendor, n, row]) => ({ value: vendor, label: `${[...new Set([names.vendor(row), vendor])].join(' ')} (${n})` }))}
              set={(vendor) => set({ vendor })}
            />
          </div>
          <DataTable
            label={t('parser.title')}
            columns={columns}
            rows={rows?.slice(0, most)}
            rowKey={(row) => row.id || `${row.dataset} ${row.product}`}
            error={list.error}
            retry={() => void list.refetch()}
            open={(row) => row.id && void go({ to: '/parsers/$id', params: { id: row.id }, search: { tenant: tenant?.slug } })}
            more={{ has: (rows?.length ?? 0) > most, busy: false, load: () => setMost(most + batch) }}
            empty={
              <Empty title={t('parser.none')}>
                <Button size="small" onClick={() => set({ q: undefined, kind: undefined, vendor: undefined, show: undefined })}>{t('kit.clearFilters')}</Button>
              </Empty>
            }
          />
        </>
      )}
    </Page>
  );
}

// The values with how many rows have each and one of these, most first.
function tally(rows: Parser[], of: (row: Parser) => string): [string, number, Parser][] {
  const found = new Map<string, [string, number, Parser]>();
  for (const row of rows) {
    const value = of(row);
    const before = found.get(value);
    if (before) before[1]++;
    else found.set(value, [value, 1, row]);
  }
  return [...found.values()].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
}

/** What is loaded, each number opening its rows, and who read what came in. */
function Totals({ catalogue, params, set }: { catalogue: ParserCatalogue; params: ParsersParams; set: (change: ParsersParams) => void }) {
  const { t, i18n } = useTranslation();
  const { tenant } = useScope();
  const can = useCan();
  const { totals, use } = catalogue;
  const figure = (n: number) => <b>{count(n, i18n.language)}</b>;
  const view = (show: ParsersParams['show'], title: string, n: number, sort?: ParsersParams['sort']) => {
    const on = params.show === show && (sort ? params.sort === sort : params.sort !== 'formats');
    return <button type="button" aria-pressed={on} onClick={() => set({ q: undefined, kind: undefined, vendor: undefined, show, sort })}>{title} {figure(n)}</button>;
  };
  return (
    <div className="parser-totals">
      <div className="picks" role="group" aria-label={t('parser.totals.label')}>
        {view(undefined, t('parser.totals.all'), catalogue.items.length)}
        {view('packs', t('parser.totals.kinds'), totals.kinds)}
        {view('packs', t('parser.totals.formats'), totals.formats, 'formats')}
        {view('recognised', t('parser.totals.recognised'), totals.recognised)}
        {view('used', t('parser.totals.used'), totals.in_use)}
        {(totals.own > 0 || params.show === 'own') && view('own', t('parser.totals.own'), totals.own)}
      </div>
      {use.events > 0 && (
        <p className="soft">
          {t('parser.use.events', { count: use.events, shown: count(use.events, i18n.language), packs: share(use.packs, use.events), automatic: share(use.automatic, use.events) })}
          {' '}
          {can('event.search')
            ? <Link to="/parsers/unparsed" search={{ tenant: tenant?.slug, from: 'now-7d', to: 'now' }}>{t('parser.use.unparsed', { count: use.unparsed, shown: count(use.unparsed, i18n.language), part: share(use.unparsed, use.events) })}</Link>
            : t('parser.use.unparsed', { count: use.unparsed, shown: count(use.unparsed, i18n.language), part: share(use.unparsed, use.events) })}
          {use.partial && ` ${t('parser.use.partial')}`}
        </p>
      )}
    </div>
  );
}

function useColumns(order: (typeof orders)[number], sort: (order: (typeof orders)[number]) => void): Column<Parser>[] {
  const { t, i18n } = useTranslation();
  const { tenant } = useScope();
  const can = useCan();
  const names = useParserNames();
  const sorted = (key: (typeof orders)[number]) => ({ active: order === key, by: () => sort(key) });
  const dash = <span className="faint">–</span>;
  const events = (row: Parser) => {
    if (row.use.events === 0) return dash;
    const shown = count(row.use.events, i18n.language);
    if (!can('event.search') || !row.id) return shown;
    return <Link to="/search" search={{ tenant: tenant?.slug, q: filter('isoc.parser', row.id, true), from: 'now-7d', to: 'now' }}>{shown}</Link>;
  };
  return [
    { key: 'vendor', title: t('parser.vendor'), kind: 'min', sort: sorted('vendor'), render: (row) => <span className="parser-vendor"><Untrusted value={names.vendor(row)} /></span> },
    {
      key: 'product',
      title: t('parser.product'),
      kind: 'wide',
      render: (row) => row.id
        ? <Link to="/parsers/$id" params={{ id: row.id }} search={{ tenant: tenant?.slug }}><Untrusted value={names.product(row)} /></Link>
        : <><Untrusted value={names.product(row)} /> <span className="tag" title={t('parser.recognisedText')}>{t('parser.recognised')}</span></>,
    },
    { key: 'kind', title: t('parser.kind'), kind: 'min', wideOnly: true, render: (row) => names.kind(row.kind) },
    { key: 'dataset', title: t('parser.dataset'), kind: 'min', wideOnly: true, render: (row) => <code>{row.dataset}</code> },
    { key: 'formats', title: t('parser.formats'), kind: 'number', wideOnly: true, sort: sorted('formats'), render: (row) => row.formats ? count(row.formats, i18n.language) : dash },
    { key: 'samples', title: t('parser.samples'), kind: 'number', wideOnly: true, render: (row) => row.samples ? count(row.samples, i18n.language) : dash },
    { key: 'events', title: t('parser.events'), kind: 'number', sort: sorted('use'), render: events },
    { key: 'sources', title: t('parser.sources'), kind: 'number', wideOnly: true, render: (row) => row.use.sources ? count(row.use.sources, i18n.language) : dash },
    { key: 'last', title: t('parser.last'), kind: 'min', wideOnly: true, sort: sorted('last'), render: (row) => <Ago at={row.use.last_at} /> },
  ];
}
