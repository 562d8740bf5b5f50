import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Select } from 'antd';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem, type FlatEvent, type SearchResult } from '../client';
import { asText } from '../kit/fields';
import { bytes, count, duration } from '../kit/number';
import { Empty, Failure, Loading } from '../kit/states';
import type { Range } from '../kit/time-range';
import { ValueActionsContext, type ValueActions } from '../kit/value-menu';
import type { VirtualHandle } from '../kit/virtual-table';
import { Advice } from './advice';
import { defaultColumns, fewColumns, toggled } from './columns';
import { EventTable } from './event-table';
import { Histogram } from './histogram';
import { LiveBar } from './live-bar';
import type { Live } from './live';
import { grouping } from './grouping';
import { and, filter, hasPipes } from './logsql';
import { columnsOf, columnsParam, type SearchParams } from './params';
import { Patterns } from './patterns';
import { eventsQuery, fieldsQuery, histogramQuery, recordQuery, type Order, type Question } from './queries';
import { QueryError } from './query-error';
import { Record } from './record';
import { RowTable } from './row-table';
import { Sidebar } from './sidebar';
import { ExportButton } from './tools';

interface Props {
  question: Question;
  params: SearchParams;
  /** Changes what is looked at, without asking anew. */
  set: (change: SearchParams) => void;
  /** Asks another query. */
  run: (query: string) => void;
  /** Shows the events of another query, over another time where one is given. */
  open: (query: string, span?: { from?: string; to?: string }) => void;
  setRange: (range: Range) => void;
  zoomOut: () => void;
  live: Live | undefined;
  pause: (paused: boolean) => void;
}

/** What the query found: when, how many, which fields, and the events themselves. */
export function Results({ question, params, set, run, open, setRange, zoomOut, live, pause }: Props) {
  const { t } = useTranslation();
  const order: Order = params.sort === 'oldest' && !live ? 'oldest' : 'newest';
  const list = useInfiniteQuery({ ...eventsQuery(question, order), enabled: !live });
  const calculated = hasPipes(question.query) && !live;
  const times = useQuery({ ...histogramQuery(question, params.split), enabled: !calculated && !live, placeholderData: (before) => before });
  const loaded = useMemo(() => list.data?.pages.flatMap((page) => page.events), [list.data]);
  const events = live ? live.rows : loaded;
  const firstPage = live ? undefined : list.data?.pages[0]?.events;
  const chosen = useMemo(() => columnsOf(params.cols), [params.cols]);
  const [standing, setStanding] = useState<string[]>();
  const standard = useMemo(() => (firstPage ? defaultColumns(firstPage) : undefined), [firstPage]);
  if (standard && standard.join() !== standing?.join()) setStanding(standard); // a live view keeps the columns of the search before
  const columns = useMemo(() => chosen ?? standard ?? standing ?? defaultColumns([]), [chosen, standard, standing]);
  const actions = useMemo((): ValueActions => ({
    keep: (field, value) => run(and(question.query, filter(field, value, true))),
    drop: (field, value) => run(and(question.query, filter(field, value, false))),
    ask: run,
    column: (field) => set({ cols: columnsParam(toggled(columns, field)) }),
  }), [columns, question.query, run, set]);
  if (!live && list.error instanceof Problem && list.error.code === 'query') return <QueryError query={question.query} problem={list.error} />;
  const timedOut = list.error instanceof Problem && list.error.status === 504;
  const cancelled = !live && !list.data && !list.error && list.fetchStatus === 'idle';
  const patterns = params.show === 'patterns' && !live;
  const rows = !patterns && events && events.length > 0 && calculated && (grouping(question.query) !== undefined || !areEvents(events));
  const side = params.fields !== 'off' && !rows && !patterns && !live && events?.length !== 0 && !cancelled && !timedOut;
  const total = calculated || live ? undefined : times.data?.total;
  const body = () => {
    if (live) return <Table {...{ events: events ?? [], list, question, params, set, columns, live, pause }} />;
    if (timedOut) return <p className="notice warn" role="alert">{t('search.timeout')}</p>;
    if (list.error && !list.data) return <Failure error={list.error} retry={() => void list.refetch()} />;
    if (cancelled) return <Empty title={t('search.cancelled')}><Button size="small" onClick={() => void list.refetch()}>{t('search.again')}</Button></Empty>;
    if (!events) return <Loading lines={14} />;
    if (events.length === 0) return <Advice question={question} setRange={setRange} run={run} />;
    if (patterns) return <Patterns question={question} open={open} run={run} />;
    return rows ? <RowTable rows={events} query={question.query} cut={list.data?.pages[list.data.pages.length - 1]?.truncated ?? false} open={open} setRange={setRange} /> : <Table {...{ events, list, question, params, set, columns, live, pause }} />;
  };
  return (
    <ValueActionsContext value={actions}>
      {!calculated && !live && (
        <div className="histogram-block">
          <Histogram
            data={times.data}
            failed={times.isError}
            busy={times.isFetching}
            zoom={(from, to) => setRange({ from: from.toISOString(), to: to.toISOString() })}
            pick={(value) => params.split && actions.keep(params.split, value)}
          />
          <div className="histogram-side">
            <SplitBy question={question} value={params.split} set={(split) => set({ split })} />
            <button type="button" className="plain-button" onClick={zoomOut}>{t('search.zoomOut')}</button>
          </div>
        </div>
      )}
      <div className="result-line row">
        {live ? <LiveBar live={live} pause={pause} /> : <Cost list={list} shown={events?.length ?? 0} total={total} rows={Boolean(rows)} histogram={times.data?.stats} />}
        <span className="grow" />
        {!live && !rows && events && events.length > 0 && (
          <button type="button" className={`plain-button ${patterns ? 'strong' : ''}`} aria-pressed={patterns} title={t('search.pattern.hint')} onClick={() => set({ show: patterns ? undefined : 'patterns', record: undefined })}>{t('search.pattern.title')}</button>
        )}
        {!rows && !patterns && (
          <>
            <label className="check"><input type="checkbox" checked={params.wrap === '1'} onChange={(event) => set({ wrap: event.target.checked ? '1' : undefined })} /> {t('search.wrap')}</label>
            {!live && <button type="button" className="plain-button" onClick={() => set({ sort: order === 'newest' ? 'oldest' : undefined, record: undefined })}>{order === 'newest' ? `↓ ${t('search.newest')}` : `↑ ${t('search.oldest')}`}</button>}
            {params.cols !== undefined && <button type="button" className="plain-button" onClick={() => set({ cols: undefined })}>{t('search.resetColumns')}</button>}
            {!live && <button type="button" className="plain-button wide-only" aria-pressed={params.fields !== 'off'} onClick={() => set({ fields: params.fields === 'off' ? undefined : 'off' })}>{params.fields === 'off' ? t('search.showFields') : t('search.hideFields')}</button>}
          </>
        )}
        {!live && events && events.length > 0 && <ExportButton question={question} order={order} columns={columns} rows={Boolean(rows)} />}
      </div>
      <div className={`hunt-body ${side ? 'with-side' : ''}`}>
        {side && (
          <Sidebar question={question} total={total} columns={columns} toggle={(field) => set({ cols: columnsParam(toggled(columns, field)) })} keep={actions.keep} drop={actions.drop} split={(split) => set({ split })} narrow={(condition) => run(and(question.query, condition))} />
        )}
        {body()}
      </div>
    </ValueActionsContext>
  );
}

// Rows of `| stats` and its like carry what was calculated, and no event.
function areEvents(events: FlatEvent[]): boolean {
  return events.every((event) => event['event.id'] !== undefined || event['message'] !== undefined || event['event.original'] !== undefined);
}

interface Listed {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetching: boolean;
  fetchNextPage: () => unknown;
}

function Table({ events, list, question, params, set, columns, live, pause }: { events: FlatEvent[]; list: Listed; columns: string[] } & Pick<Props, 'question' | 'params' | 'set' | 'live' | 'pause'>) {
  const handle = useRef<VirtualHandle>(null);
  const [place, setPlace] = useState(-1);
  const at = params.record ? events.findIndex((event) => asText(event['event.id']) === params.record) : -1;
  const one = useQuery({ ...recordQuery(question, params.record ?? ''), enabled: params.record !== undefined && at < 0 && !live });
  const open = params.record === undefined ? undefined : at >= 0 ? events[at] : one.data ?? undefined;
  const active = at >= 0 ? at : Math.min(place, events.length - 1);
  const show = (event: FlatEvent) => set({ record: asText(event['event.id']) || undefined });
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = list;
  const more = useMemo(
    () => ({ has: !live && hasNextPage, load: () => !isFetchingNextPage && void fetchNextPage() }),
    [fetchNextPage, hasNextPage, isFetchingNextPage, live],
  );
  const paused = live?.paused;
  useEffect(() => {
    if (paused === false && handle.current && handle.current.scrollTop() > 0) handle.current.scrollTo(0);
  }, [paused]);
  return (
    <div className={`table-and-record ${open ? 'with-record' : ''}`} onScrollCapture={() => live && !live.paused && (handle.current?.scrollTop() ?? 0) > 4 && pause(true)}>
      <EventTable
        events={events}
        more={more}
        columns={open && params.cols === undefined ? fewColumns(columns) : columns}
        setColumns={(next) => set({ cols: columnsParam(next) })}
        wrap={params.wrap === '1'}
        active={active}
        onActive={(index) => {
          setPlace(index);
          const event = events[index];
          if (open && event) show(event); // the open record follows
        }}
        open={show}
        handle={handle}
        busy={list.isFetching}
      />
      {open && (
        <Record
          key={params.record}
          event={open}
          tab={params.tab ?? 'table'}
          setTab={(tab) => set({ tab: tab === 'table' ? undefined : tab })}
          open={show}
          close={() => {
            setPlace(at);
            set({ record: undefined });
            handle.current?.focus();
          }}
          toggle={(field) => set({ cols: columnsParam(toggled(columns, field)) })}
          columns={columns}
          link={linkTo(open)}
        />
      )}
    </div>
  );
}

/** A link that opens on the one record, wherever the list is by then. */
export function linkTo(event: FlatEvent): string {
  const at = new Date(asText(event['@timestamp'])).getTime();
  const id = asText(event['event.id']);
  const tenant = asText(event['isoc.tenant']);
  const search = new URLSearchParams({ q: filter('event.id', id, true), record: JSON.stringify(id) });
  if (!Number.isNaN(at)) {
    search.set('from', new Date(at - 1000).toISOString());
    search.set('to', new Date(at + 1000).toISOString());
  }
  if (tenant) search.set('in', tenant);
  return `${window.location.origin}/search?${search.toString()}`;
}

function SplitBy({ question, value, set }: { question: Question; value: string | undefined; set: (field: string | undefined) => void }) {
  const { t } = useTranslation();
  const fields = useQuery({ ...fieldsQuery(question), enabled: false }); // the sidebar asks
  const names = [...new Set([...(value ? [value] : []), 'event.dataset', 'host.name', 'user.name', 'source.ip', 'event.action', 'event.outcome', ...(fields.data?.slice(0, 200).map((each) => each.name) ?? [])])];
  return (
    <Select
      size="small"
      className="split"
      aria-label={t('search.split')}
      placeholder={t('search.split')}
      allowClear
      showSearch
      value={value}
      onChange={(next: string | undefined) => set(next)}
      options={names.filter((name) => name !== '@timestamp').map((name) => ({ value: name, label: name }))}
    />
  );
}

interface CostProps {
  list: { data: { pages: (Pick<SearchResult, 'stats' | 'truncated'>)[] } | undefined; isFetching: boolean; isFetchingNextPage: boolean };
  shown: number;
  total: number | undefined;
  rows: boolean;
  histogram: SearchResult['stats'] | undefined;
}

/** How much there is and what it took to find; while it takes long, how long, and the way to stop it. */
function Cost({ list, shown, total, rows, histogram }: CostProps) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const pages = list.data?.pages ?? [];
  const sum = (pick: (stats: SearchResult['stats']) => number) => [...pages.map((page) => page.stats), ...(histogram ? [histogram] : [])].reduce((all, stats) => all + pick(stats), 0);
  const name = (value: number) => count(value, i18n.language);
  if (list.isFetching && !list.isFetchingNextPage) {
    return <Running cancel={() => void queries.cancelQueries({ predicate: ({ queryKey }) => queryKey[0] === 'search' || queryKey[0] === 'histogram' })} />;
  }
  if (!list.data) return <span />;
  const cut = pages[pages.length - 1]?.truncated ?? false;
  const much = rows ? t(cut ? 'search.rowsCut' : 'search.rowsAll', { shown: name(shown) })
    : total === undefined ? t('search.shown', { shown: name(shown) })
    : total === shown ? t('search.shownAll', { total: name(total) })
    : t('search.shownOf', { shown: name(shown), total: name(total) });
  return (
    <span role="status">
      <strong>{much}</strong>
      <span className="soft">{' · '}{t('search.cost', { rows: name(sum((stats) => stats.rows_scanned)), bytes: bytes(sum((stats) => stats.bytes_scanned)), time: duration(sum((stats) => stats.duration_ms)) })}</span>
    </span>
  );
}

function Running({ cancel }: { cancel: () => void }) {
  const { t } = useTranslation();
  const [passed, setPassed] = useState(0);
  useEffect(() => {
    const begun = performance.now();
    const timer = setInterval(() => setPassed(performance.now() - begun), 200);
    return () => clearInterval(timer);
  }, []);
  return (
    <span className="row tight">
      <span className="soft">{t('search.running', { time: passed < 400 ? '' : duration(passed) })}</span>
      {passed >= 400 && <Button size="small" onClick={cancel}>{t('search.cancel')}</Button>}
    </span>
  );
}
