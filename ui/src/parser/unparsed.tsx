import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { App, Button, Segmented } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type MessagePattern } from '../client';
import { findTenant, isProvider, useCan, useMe } from '../identity/session';
import { count } from '../kit/number';
import { Page } from '../kit/page';
import { Empty, Failure, Loading } from '../kit/states';
import { TimeRangePicker } from '../kit/time-range-picker';
import { resolve } from '../kit/time-range';
import { Untrusted } from '../kit/untrusted';
import { ProposalsLink, SourceProposal } from '../learn/link';
import { and, filter } from '../search/logsql';
import { Patterns } from '../search/patterns';
import { patternsQuery, valuesQuery, type Question } from '../search/queries';
import { allSourcesQuery } from '../source/queries';
import { useScope } from '../tenancy/scope';
import { depths, type UnparsedParams } from './params';
import '../kit/side-list.css';
import '../search/search.css';

const route = getRouteApi('/shell/parsers/unparsed');
const both = 'isoc.parser:in(none, syslog)';
const most = 12; // sources shown

/** What no parser read, by the pattern of its text and the source it came from; the largest first, since it is worth the most. */
export function Unparsed() {
  const { t, i18n } = useTranslation();
  const { tenant } = useScope();
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const go = useNavigate();
  const can = useCan();
  const [askedAt, setAskedAt] = useState(Date.now);
  const set = (change: UnparsedParams) => {
    setAskedAt(Date.now());
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  };
  const { from = 'now-24h', to = 'now', source, only } = params;
  const ofAll = useQuestion(only ? filter('isoc.parser', only, true) : both, from, to, tenant?.slug, askedAt);
  const question = useMemo(() => ({ ...ofAll, query: source === undefined ? ofAll.query : and(ofAll.query, filter('isoc.source.id', source, true)) }), [ofAll, source]);
  const found = useQuery(patternsQuery(question));
  const search = (query: string) => void go({ to: '/search', search: { tenant: tenant?.slug, q: query, from, to } });
  if (!can('event.search')) return <Page title={t('parser.unparsed.title')}><p className="notice">{t('parser.unparsed.mayNot')}</p></Page>;
  return (
    <Page
      title={t('parser.unparsed.title')}
      count={found.data && t('parser.unparsed.count', { count: found.data.total, shown: count(found.data.total, i18n.language) })}
      actions={<>{can('source.read') && <ProposalsLink />}<Button onClick={() => search(question.query)}>{t('parser.unparsed.search')}</Button></>}
    >
      <p className="soft">{t('parser.unparsed.text')}</p>
      <div className="row">
        <TimeRangePicker value={{ from, to }} onChange={(range) => set({ from: range.from, to: range.to })} />
        <Segmented<'both' | (typeof depths)[number]>
          aria-label={t('parser.unparsed.depth')}
          value={only ?? 'both'}
          onChange={(next) => set({ only: next === 'both' ? undefined : next })}
          options={(['both', ...depths] as const).map((each) => ({ value: each, label: t(`parser.unparsed.only.${each}`) }))}
        />
      </div>
      <Sources question={ofAll} chosen={source} choose={(next) => set({ source: next })} />
      {found.data?.total === 0
        ? <Empty title={t('parser.unparsed.none')}>{t('parser.unparsed.noneText')}</Empty>
        : <Patterns question={question} open={search} run={search} more={(pattern) => <OfPattern pattern={pattern} question={question} />} />}
    </Page>
  );
}

function useQuestion(query: string, from: string, to: string, slug: string | undefined, askedAt: number): Question {
  return useMemo(
    () => ({ query, from: resolve(from, askedAt)?.toISOString(), to: resolve(to, askedAt)?.toISOString(), tenants: slug ? [slug] : undefined }),
    [query, from, to, slug, askedAt],
  );
}

/** The name of a source by its id, and its customer. */
function useSources() {
  const { tenant } = useScope();
  const sources = useQuery(allSourcesQuery({ tenant: tenant?.id }));
  return (id: string) => sources.data?.items.find((each) => each.id === id);
}

function Sources({ question, chosen, choose }: { question: Question; chosen: string | undefined; choose: (id: string | undefined) => void }) {
  const { t, i18n } = useTranslation();
  const known = useSources();
  const found = useQuery(valuesQuery(question, 'isoc.source.id', most));
  if (found.error && !found.data) return <Failure error={found.error} retry={() => void found.refetch()} />;
  const counted = found.data ?? [];
  const rows = chosen === undefined || counted.some(({ value }) => value === chosen) ? counted : [...counted, { value: chosen, hits: 0 }];
  if (rows.length === 0) return null;
  return (
    <div className="picks" role="group" aria-label={t('parser.sources')}>
      {rows.map(({ value, hits }) => (
        <button key={value} type="button" aria-pressed={chosen === value} onClick={() => choose(chosen === value ? undefined : value)}>
          <Untrusted value={known(value)?.name ?? value} /> <b>{count(hits, i18n.language)}</b>
        </button>
      ))}
    </div>
  );
}

/** Where the messages of one pattern come from, and the way of one of them to the test bench. */
function OfPattern({ pattern, question }: { pattern: MessagePattern; question: Question }) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const known = useSources();
  const provider = isProvider(me);
  const can = useCan();
  const query = pattern.filter ? and(question.query, pattern.filter) : undefined;
  const found = useQuery({ ...valuesQuery({ ...question, query: query ?? '' }, 'isoc.source.id', most), enabled: query !== undefined });
  if (query === undefined) return null;
  if (found.error && !found.data) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading lines={1} />;
  return (
    <p className="row">
      <span className="soft">{t('parser.unparsed.from')}</span>
      {found.data.map(({ value, hits }) => {
        const source = known(value);
        return (
          <span key={value}>
            {source ? <Link to="/sources/$id" params={{ id: value }} search={{ tenant: findTenant(me, source.tenant)?.slug }}>{source.name}</Link> : <code>{value}</code>}
            {' '}<b>{count(hits, i18n.language)}</b>{source?.proposal && <> <SourceProposal source={source} /></>}
          </span>
        );
      })}
      {provider && can('source.manage') && <ToBench query={query} question={question} />}
    </p>
  );
}

/** Takes the latest record of a query to the bench, as it was received and with the settings of its source. */
function ToBench({ query, question }: { query: string; question: Question }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const go = useNavigate();
  const { tenant } = useScope();
  const known = useSources();
  const take = async () => {
    const found = await queries.fetchQuery({
      queryKey: ['search', 'sample', question, query],
      queryFn: () => ask(client.POST('/api/v1/search', { body: { ...question, query, limit: 1, order: 'newest' } })),
    }).catch(() => undefined);
    const event = found?.events[0];
    if (!event) {
      void message.error(t('parser.unparsed.gone'));
      return;
    }
    const source = known(String(event['isoc.source.id']));
    await go({
      to: '/sources/parser',
      search: {
        tenant: tenant?.slug, event: String(event['event.id']), kind: source?.kind === 'auto' ? undefined : source?.kind, zone: source?.time_zone || undefined,
      },
    });
  };
  return <Button size="small" onClick={() => void take()}>{t('parser.unparsed.try')}</Button>;
}
