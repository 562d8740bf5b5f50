import { getRouteApi } from '@tanstack/react-router';
import { useQueryClient } from '@tanstack/react-query';
import { App, Button, Select } from 'antd';
import { lazy, Suspense, useCallback, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type FlatEvent } from '../client';
import { useMe } from '../identity/session';
import { useHotkeys } from '../kit/hotkeys';
import { Page } from '../kit/page';
import { someOf } from '../kit/params';
import { resolve, type Range } from '../kit/time-range';
import { TimeRangePicker } from '../kit/time-range-picker';
import { useScope } from '../tenancy/scope';
import { SavedViews } from '../view/saved-views';
import type { EditorHandle } from './editor';
import { useCheck, useKnown } from './known';
import { useLive } from './live';
import { filterPart } from './logsql';
import { rangeOf, type SearchParams } from './params';
import { checkQuery, type Question } from './queries';
import { recent, remember } from './recent';
import { Results } from './results';
import './search.css';
import { CopyMenu, Help, RecentMenu } from './tools';

const Editor = lazy(() => import('./editor'));
const route = getRouteApi('/shell/search');

export function SearchPage() {
  const { t } = useTranslation();
  const me = useMe();
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const { tenant, tenants } = useScope();
  const { message } = App.useApp();
  const [askedAt, setAskedAt] = useState(() => Date.now());
  const range = rangeOf(params);
  const chosen = tenant ? [tenant.slug] : someOf(params.in, tenants.map((each) => each.slug));
  const set = useCallback((change: SearchParams) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true }), [navigate]);
  const go = useCallback(
    (change: SearchParams) => {
      setAskedAt(Date.now());
      void navigate({ search: (before) => ({ ...before, record: undefined, ...change }) });
    },
    [navigate],
  );
  const question = useQuestion(params.q ?? '', range, chosen.join(','), askedAt);
  const run = useCallback((q: string) => {
    remember(me.id, q);
    go({ q: q || undefined });
  }, [go, me.id]);
  const open = useCallback((q: string, span?: { from?: string; to?: string }) => {
    remember(me.id, q);
    go({ q, show: undefined, ...(span?.from ? { from: span.from, to: span.to } : {}) });
  }, [go, me.id]);
  const setRange = (next: Range) => go({ from: next.from || undefined, to: next.to || undefined });
  const watching = params.live === '1';
  const catchUp = useCallback(async () => {
    const found = await ask(client.POST('/api/v1/search', { body: { tenants: question.tenants, query: question.query, limit: 100, order: 'newest' } }));
    return found.events as FlatEvent[];
  }, [question.query, question.tenants]);
  const { live, pause } = useLive(watching, question.query, question.tenants, catchUp);
  const switchLive = async () => {
    if (watching) {
      go({ live: undefined });
      return;
    }
    // What cannot be watched is left off: pipes work on what is there.
    const checked = await ask(client.POST('/api/v1/search/check', { body: { query: params.q ?? '' } })).catch(() => undefined);
    if (checked?.live === false) void message.info(t('search.liveNot'));
    go({ live: '1', q: checked?.live === false ? filterPart(params.q ?? '') || undefined : params.q });
  };
  const editor = useRef<EditorHandle>(null);
  useHotkeys({
    '/': {
      what: t('search.key.focus'),
      run: (event) => {
        event.preventDefault();
        editor.current?.focus();
      },
    },
  });
  return (
    <Page title={t('search.title')} actions={<><SavedViews page="search" ignore={['record', 'tab', 'live']} /><RecentMenu list={() => recent(me.id)} run={run} /><CopyMenu question={question} order={params.sort ?? 'newest'} /><Help run={run} /></>}>
      <div className="search-bar">
        <QueryLine value={params.q ?? ''} run={run} question={question} user={me.id} editor={editor} />
        <div className="row">
          {!tenant && tenants.length > 1 && (
            <Select
              mode="multiple"
              className="search-tenants"
              aria-label={t('kit.tenant')}
              placeholder={t('shell.tenant.all')}
              allowClear
              maxTagCount="responsive"
              value={chosen}
              onChange={(slugs) => go({ in: slugs.join(',') || undefined })}
              options={tenants.map((each) => ({ value: each.slug, label: each.name }))}
              showSearch={{ optionFilterProp: 'label' }}
            />
          )}
          {!watching && <TimeRangePicker value={range} onChange={setRange} />}
          {!watching && <Button onClick={() => go({})}>{t('search.again')}</Button>}
          <Button type={watching ? 'primary' : 'default'} aria-pressed={watching} onClick={() => void switchLive()}>{watching ? t('search.liveStop') : t('search.live')}</Button>
        </div>
      </div>
      <Results
        question={question}
        params={params}
        set={set}
        run={run}
        open={open}
        setRange={setRange}
        zoomOut={() => setRange(wider(question, askedAt))}
        live={watching ? live : undefined}
        pause={pause}
      />
    </Page>
  );
}

// Twice as long to either side, and not beyond now.
function wider(question: Question, now: number): Range {
  const to = question.to ? new Date(question.to).getTime() : now;
  const from = question.from ? new Date(question.from).getTime() : to - 3600_000;
  const length = Math.max(1000, to - from);
  return { from: new Date(from - length).toISOString(), to: new Date(Math.min(now, to + length)).toISOString() };
}

interface LineProps {
  value: string;
  run: (query: string) => void;
  question: Question;
  user: string;
  editor: React.RefObject<EditorHandle | null>;
}

/** The editor with its buttons. What it completes and checks comes from the server, of the customers and the time at hand. */
function QueryLine({ value, run, question, user, editor }: LineProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const known = useKnown(question);
  const check = useCheck();
  const format = async () => {
    const text = editor.current?.text() ?? '';
    const checked = await queries.fetchQuery(checkQuery(text)).catch(() => undefined);
    if (checked?.valid && text.trim() !== '') editor.current?.set(checked.formatted);
    editor.current?.focus();
  };
  return (
    <div className="query">
      <div className="query-box">
        <Suspense fallback={<div className="editor-space mono soft clip">{value || t('search.placeholder')}</div>}>
          <Editor
            value={value}
            run={run}
            changed={noop}
            known={known}
            check={check}
            earlier={() => recent(user)}
            label={t('search.query')}
            hint={t('search.placeholder')}
            handle={editor}
          />
        </Suspense>
        <button type="button" className="format" onClick={() => void format()}>{t('search.format')}</button>
      </div>
      <Button type="primary" onClick={() => run((editor.current?.text() ?? value).trim())}>{t('search.run')}</Button>
    </div>
  );
}

function noop() {}

function useQuestion(query: string, range: Range, slugs: string, askedAt: number): Question {
  const { from, to } = range;
  return useMemo(
    () => ({
      query,
      from: resolve(from, askedAt)?.toISOString(),
      to: resolve(to, askedAt)?.toISOString(),
      tenants: slugs ? slugs.split(',') : undefined,
    }),
    [query, from, to, slugs, askedAt],
  );
}
