import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Button } from 'antd';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Alert } from '../client';
import { useCan } from '../identity/session';
import { rowHeight, useDensity } from '../kit/density';
import { useLeaving } from '../kit/leaving';
import { count } from '../kit/number';
import { Page } from '../kit/page';
import { WithPane } from '../kit/pane';
import { Empty, Failure } from '../kit/states';
import { ListFilterContext, type ListFilter } from '../kit/value-menu';
import { VirtualTable, type VirtualHandle } from '../kit/virtual-table';
import { useScope } from '../tenancy/scope';
import { SavedViews } from '../view/saved-views';
import { ActionBar } from './action-bar';
import './alert.css';
import { fitting, useColumns, useShownColumns } from './columns';
import * as api from './desk-api';
import { Filters } from './filters';
import type { Action } from './judge';
import { Layout, NewsBar } from './list-head';
import { asQuery, filterCount, usualFields, withEntity, type AlertParams, type AlertQuery } from './params';
import { Preview } from './preview';
import { alertQuery } from './queries';
import { isGroup, useDesk, type Line } from './use-desk';
import { useDeskKeys } from './use-desk-keys';
import { useJudge } from './use-judge';
import { useNews, type News } from './use-news';
import { usePicking } from './use-picking';
import { usePreview } from './use-preview';
import { useQueue } from './use-queue';
import { useWidth } from './use-width';
import './triage.css';
import { explainQuery } from './why/queries';

const route = getRouteApi('/shell/alerts');
const ownOfPlace = ['at'] as const;
const narrowAt = 560; // px
const narrowRow = 54; // px

/** The queue: every alert one may see, to be looked at, taken, and judged without leaving the page. */
export function AlertList() {
  const { t, i18n } = useTranslation();
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const can = useCan();
  const { tenant } = useScope();
  const query = useMemo(() => asQuery(params, tenant?.id), [params, tenant?.id]);
  const desk = useDesk(query, params.group);
  const news = useNews(query, desk);
  const refresh = useRef(desk.refresh);
  useEffect(() => {
    refresh.current = desk.refresh;
  });
  const first = desk.total === 0 && news !== undefined; // nothing stands there that could jump
  useEffect(() => {
    if (first) refresh.current();
  }, [first]);
  const people = useQuery({
    queryKey: ['assignees', tenant?.id],
    queryFn: ({ signal }) => api.assignees(tenant?.id, signal),
    enabled: can('alert.judge'),
    staleTime: 300_000,
  }).data;
  const set = useCallback(
    (change: AlertParams) => void navigate({ search: (before) => ({ ...before, ...change, at: undefined }), replace: true }),
    [navigate],
  );
  return (
    <Page
      fill
      title={t('alert.title')}
      count={desk.total !== undefined && (
        <>
          {t('kit.rows', { count: desk.total, shown: count(desk.total, i18n.language) })}
          {desk.groups !== undefined && ` · ${t('triage.group.groups', { count: desk.groups, shown: count(desk.groups, i18n.language) })}`}
        </>
      )}
      actions={<><SavedViews page="alerts" ignore={ownOfPlace} /><Layout params={params} set={set} manyTenants={tenant === undefined} /></>}
    >
      <Filters params={params} set={set} people={people}>
        <NewsBar news={news} drifted={desk.drifted} refresh={desk.refresh} />
      </Filters>
      <Board key={JSON.stringify([query, params.group])} params={params} query={query} desk={desk} people={people} news={news} />
    </Page>
  );
}

interface BoardProps {
  params: AlertParams;
  query: AlertQuery;
  desk: ReturnType<typeof useDesk>;
  people: Awaited<ReturnType<typeof api.assignees>> | undefined;
  news: News | undefined;
}

function Board({ params, query, desk, people, news }: BoardProps) {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const can = useCan();
  const { tenant } = useScope();
  const [box, width] = useWidth();
  const narrow = width < narrowAt;
  const density = rowHeight[useDensity()];
  const table = useRef<VirtualHandle>(null);
  const judge = useJudge(desk, people ?? []);
  const picking = usePicking(desk, query);
  const [active, setActive] = useState(() => Math.max(-1, params.at ? desk.find(params.at) : -1));
  const [form, setForm] = useState<'close' | 'assign'>();
  const preview = usePreview();
  const line = desk.line(active);
  const activeId = line && !isGroup(line) ? line.id : undefined;
  const keepQueue = useQueue(desk, active);
  useFollow(activeId, preview.open, desk, active);
  useMemory(desk, table, activeId, setActive);
  // Until a row is chosen the pane shows the first one, marked in the list; keys do not act on it.
  const top = active < 0 && !params.at && preview.open ? desk.line(0) : undefined;
  const first = top && !isGroup(top) ? top : undefined;
  // On a group it keeps the alert that was looked at last, as long as that is in the list.
  const [lastId, setLastId] = useState<string>();
  if (activeId && activeId !== lastId) setLastId(activeId);
  const kept = line && isGroup(line) && lastId && desk.find(lastId) >= 0 ? desk.alert(lastId) : undefined;
  const shownId = activeId ?? kept?.id ?? (active < 0 ? params.at ?? first?.id : undefined);
  const unchosen = first ?? kept;

  const targets = useCallback((): Alert[] => {
    const picked = picking.rows();
    if (picked.length > 0) return picked;
    return line && !isGroup(line) ? [line] : [];
  }, [picking, line]);
  const act = useCallback((action: Action, at?: Alert) => {
    setForm(undefined);
    if (picking.whole && !at) {
      void judge.sweep(action, picking.whole);
      picking.clear();
      table.current?.focus();
      return;
    }
    const rows = at ? [at] : targets();
    const whole = line && isGroup(line) && rows.length === 0 ? line : undefined;
    void (async () => {
      const all = whole ? await picking.gather(whole) : rows;
      if (all.length === 0) return;
      await judge.run(action, all);
      picking.clear();
    })();
    table.current?.focus();
  }, [targets, judge, picking, line]);
  const open = useCallback((each: Line) => {
    if (isGroup(each)) {
      desk.toggle(each.key);
      return;
    }
    keepQueue(each.id);
    void navigate({ to: '/alerts/$id', params: { id: each.id } });
  }, [desk, navigate, keepQueue]);
  const click = useCallback((each: Line) => {
    if (isGroup(each)) desk.toggle(each.key);
    else if (narrow) open(each);
    else preview.set(true);
  }, [desk, preview, narrow, open]);
  useDeskKeys({
    judges: can('alert.judge'), act, setForm, picking, preview, desk, line, hasTarget: picking.whole !== undefined || targets().length > 0 || (line !== undefined && isGroup(line)),
    undo: judge.undo, news, dismiss: judge.dismiss,
  });

  const chosen = useShownColumns();
  const fit = fitting(chosen, width, tenant === undefined, params.group, params.sort ?? 'risk').join(',');
  const names = useMemo(() => fit.split(',') as typeof chosen, [fit]);
  const setSort = useCallback((sort: 'risk' | 'newest') => void navigate({ search: (before) => ({ ...before, sort: sort === 'risk' ? undefined : sort }), replace: true }), [navigate]);
  const columns = useColumns({
    names, narrow, manyTenants: tenant === undefined, by: params.group, sort: params.sort ?? 'risk', setSort, failures: judge.failures,
  });
  const narrowing = useMemo((): ListFilter => {
    const also = (not: boolean) => (field: string, value: string) => void navigate({ search: (before) => ({ ...before, ...withEntity(before, field, value, not), at: undefined }) });
    return { fields: usualFields, keep: also(false), drop: also(true) };
  }, [navigate]);
  const empty = desk.count === 0 && !desk.waiting;
  const filtered = filterCount(params) > 0 || (params.state ?? 'open') !== 'all';
  return (
    <ListFilterContext value={narrowing}>
    <WithPane
      name="alerts"
      label={t('triage.preview.label')}
      open={preview.open && !empty && (params.group === undefined || shownId !== undefined)}
      close={() => preview.set(false)}
      pane={<Preview
        id={shownId}
        soft={first !== undefined}
        act={(action) => {
          if (unchosen) setActive(desk.find(unchosen.id));
          act(action, unchosen);
        }}
        ask={(next) => {
          if (unchosen) setActive(desk.find(unchosen.id));
          setForm(next);
        }}
      />}
    >
      <div className="desk" ref={box}>
        {desk.error !== undefined && <Failure error={desk.error} retry={desk.retry} />}
        {empty ? (
          <Empty title={t(filtered ? 'alert.noneFiltered' : 'alert.none')}>
            {filtered ? <Button size="small" onClick={() => void navigate({ search: (before) => ({ tenant: before.tenant, state: 'all' }) })}>{t('alert.showAll')}</Button> : t('alert.noneText')}
          </Empty>
        ) : (
          <VirtualTable
            handle={table}
            label={t('alert.title')}
            columns={columns}
            count={desk.waiting ? 30 : desk.count}
            row={desk.line}
            rowHeight={narrow ? narrowRow : density}
            active={active}
            onActive={setActive}
            onSeen={desk.seen}
            pick={can('alert.judge') ? picking.pick : undefined}
            open={open}
            onClick={click}
            rowClass={(each) => (isGroup(each) ? 'group' : each.id === first?.id ? 'soft-active' : desk.left(each.id) ? 'left' : judge.failures.has(each.id) ? 'failed' : '')}
            expanded={(each) => (isGroup(each) ? desk.open.has(each.key) : undefined)}
            busy={desk.waiting}
          />
        )}
        <ActionBar
          picked={picking.count}
          target={picking.whole ? picking.count : targets().length}
          total={desk.total}
          form={form}
          setForm={(next) => {
            setForm(next);
            if (!next) table.current?.focus();
          }}
          people={people}
          act={act}
          pickAll={picking.all}
          clear={picking.clear}
          gathering={picking.gathering}
          progress={judge.progress}
          outcome={judge.outcome}
          dismiss={judge.dismiss}
          again={judge.again}
          undo={judge.undo}
        />
      </div>
    </WithPane>
    </ListFilterContext>
  );
}

const calm = 140; // ms on a row before its link is written and its neighbour fetched

// The URL follows the active alert, so that the screen can be shared; the next one is loaded before it is asked for.
function useFollow(id: string | undefined, previewing: boolean, desk: ReturnType<typeof useDesk>, active: number) {
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const leaving = useLeaving();
  useEffect(() => {
    if (!id || !previewing) return;
    const timer = setTimeout(() => {
      if (leaving()) return;
      void navigate({ search: (before) => (before.at === id ? before : { ...before, at: id }), replace: true, resetScroll: false });
      const next = desk.line(active + 1);
      if (next && !isGroup(next)) {
        void queries.prefetchQuery({ ...alertQuery(next.id), staleTime: 60_000 });
        void queries.prefetchQuery({ ...explainQuery(next.id, undefined), staleTime: 60_000 });
      }
    }, calm);
    return () => clearTimeout(timer);
  }, [id, previewing, navigate, desk, active, queries, leaving]);
}

const places = new WeakMap<object, { top: number; id: string | undefined }>();

// Whoever comes back from an alert finds the list where it was left.
function useMemory(desk: ReturnType<typeof useDesk>, table: React.RefObject<VirtualHandle | null>, id: string | undefined, setActive: (index: number) => void) {
  const current = useRef(id);
  useEffect(() => {
    current.current = id;
  });
  const { main } = desk;
  useLayoutEffect(() => {
    const handle = table.current;
    const place = places.get(main);
    if (place) {
      handle?.scrollTo(place.top);
      if (place.id && main.has(place.id)) setActive(main.find(place.id));
      void main.renew().catch(() => undefined);
    }
    return () => void places.set(main, { top: handle?.scrollTop() ?? 0, id: current.current });
  }, [main, table, setActive]);
}
