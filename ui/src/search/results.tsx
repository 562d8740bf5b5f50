import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Problem, type FlatEvent, type SearchResult } from '../client';
import { bytes, count, duration } from '../kit/number';
import { Empty, Failure, Loading } from '../kit/states';
import { EventTable, RowTable } from './event-table';
import { Histogram } from './histogram';
import { hasPipes } from './logsql';
import { eventsQuery, histogramQuery, type Question } from './queries';
import { QueryError } from './query-error';

interface Props {
  question: Question;
  refine: (query: string) => void;
  zoom: (from: Date, to: Date) => void;
}

/** What the query found: when, how many, and the events themselves, newest first. */
export function Results({ question, refine, zoom }: Props) {
  const { t } = useTranslation();
  const list = useInfiniteQuery(eventsQuery(question));
  const calculated = hasPipes(question.query);
  const times = useQuery({ ...histogramQuery(question), enabled: !calculated });
  if (list.error instanceof Problem && list.error.code === 'query') return <QueryError query={question.query} problem={list.error} />;
  if (list.error && !list.data) return <Failure error={list.error} retry={() => void list.refetch()} />;
  const events = list.data?.pages.flatMap((page) => page.events);
  const more = { has: list.hasNextPage, busy: list.isFetchingNextPage, load: () => void list.fetchNextPage() };
  return (
    <>
      {!calculated && <Histogram data={times.data} failed={times.isError} zoom={zoom} />}
      {list.data && <Cost pages={list.data.pages} shown={events?.length ?? 0} total={calculated ? undefined : times.data?.total} />}
      {!events && <Loading lines={10} />}
      {events?.length === 0 && <Empty title={t('search.none')}>{t('search.noneText')}</Empty>}
      {events && events.length > 0 && (areEvents(events)
        ? <EventTable events={events} query={question.query} refine={refine} more={more} />
        : <RowTable rows={events} more={more} />)}
    </>
  );
}

// Rows of `| stats` and its like carry what was calculated, and no event.
function areEvents(events: FlatEvent[]): boolean {
  return events.every((event) => event['event.id'] !== undefined || event['message'] !== undefined || event['event.original'] !== undefined);
}

function Cost({ pages, shown, total }: { pages: Pick<SearchResult, 'stats'>[]; shown: number; total: number | undefined }) {
  const { t, i18n } = useTranslation();
  const sum = (pick: (stats: SearchResult['stats']) => number) => pages.reduce((all, page) => all + pick(page.stats), 0);
  const name = (value: number) => count(value, i18n.language);
  return (
    <p className="soft" role="status">
      {total === undefined ? t('search.shown', { shown: name(shown) }) : t('search.shownOf', { shown: name(shown), total: name(total) })}
      {' · '}
      {t('search.cost', {
        rows: name(sum((stats) => stats.rows_scanned)),
        bytes: bytes(sum((stats) => stats.bytes_scanned)),
        time: duration(sum((stats) => stats.duration_ms)),
      })}
    </p>
  );
}
