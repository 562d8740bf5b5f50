import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { isProvider, useCan, useMe } from '../identity/session';
import { useLive } from '../kit/live';
import { Page } from '../kit/page';
import { Failure, Loading } from '../kit/states';
import { TimeRangePicker } from '../kit/time-range-picker';
import { useScope } from '../tenancy/scope';
import { Blind } from './blind';
import { Newcomer } from './newcomer';
import './overview.css';
import { defaultRange, rangeOf } from './params';
import { healthQuery, hourQuery, lostQuery, overviewKey, overviewQuery, sourcesQuery } from './queries';
import { Queue } from './queue';
import { Since } from './since';
import { reachOf } from './standing';
import { TenantTable } from './tenants';
import { Tops } from './tops';
import { Trends } from './trends';
import { Verdict } from './verdict';

const route = getRouteApi('/shell/');

const live = ['changes', 'stats', 'queue']; // what alerts change; log sources and ingest keep their own pace

/** The home: is something burning, where, and is anything blind; what changed; what is next. */
export function OverviewPage() {
  const { t } = useTranslation();
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const { tenant } = useScope();
  const range = rangeOf(params);
  return (
    <Page
      title={t('overview.title')}
      count={tenant?.name ?? t('shell.tenant.all')}
      actions={
        <TimeRangePicker
          value={range}
          onChange={({ from, to }) => {
            const usual = from === defaultRange.from && to === defaultRange.to;
            void navigate({ search: (before) => ({ ...before, from: usual ? undefined : from, to: usual ? undefined : to }), replace: true });
          }}
        />
      }
    >
      <Content key={tenant?.id ?? 'all'} />
    </Page>
  );
}

function Content() {
  const params = route.useSearch();
  const can = useCan();
  const wide = isProvider(useMe());
  const { tenant, tenants } = useScope();
  const range = rangeOf(params);
  const queries = useQueryClient();
  const overview = useQuery(overviewQuery(tenant?.id));
  const sources = useQuery({ ...sourcesQuery(tenant?.id), enabled: can('source.read') });
  const lost = useQuery({ ...lostQuery(tenant?.id), enabled: (sources.data?.states.silent ?? 0) > 0 });
  const hour = useQuery({ ...hourQuery(tenant?.slug), enabled: can('event.search') });
  const health = useQuery({ ...healthQuery, enabled: wide && can('health.read') });
  useLive({
    alerts: () => void queries.invalidateQueries({ queryKey: overviewKey, predicate: ({ queryKey }) => live.includes(String(queryKey[1])) }),
    health: () => void queries.invalidateQueries({ queryKey: healthQuery.queryKey }),
    resync: () => void queries.invalidateQueries({ queryKey: overviewKey }),
  });
  if (overview.error && !overview.data) return <Failure error={overview.error} retry={() => void overview.refetch()} />;
  if (!overview.data) return <Loading lines={12} />;
  const reach = sources.data && reachOf(sources.data.items.map((each) => ({ tenant: each.tenant, state: each.health.state })));
  const several = tenant === undefined && tenants.length > 1;
  return (
    <>
      <Verdict overview={overview.data} sources={sources.data} health={health.data} several={several} />
      <Since overview={overview.data} tenant={tenant} />
      <Newcomer sources={sources.data?.total} standings={overview.data.standings} />
      <div className="ov-main">
        <Queue tenant={tenant} several={several} />
        <Trends tenant={tenant} range={range} />
      </div>
      {several && <TenantTable standings={overview.data.standings} reach={reach} hour={hour.data} order={params.sort ?? 'severity'} />}
      <Tops tenant={tenant} range={range} several={several} />
      {sources.data && <Blind page={sources.data} lost={lost.data?.items} several={several} />}
    </>
  );
}
