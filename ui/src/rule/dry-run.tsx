import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Segmented } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type DryRun } from '../client';
import { asText } from '../kit/fields';
import { count, counted } from '../kit/number';
import { Failure, Loading } from '../kit/states';
import { At } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { useChange } from '../kit/use-change';
import { TenantName } from '../tenancy/band';
import { useScope } from '../tenancy/scope';
import './dry-run.css';
import { useRuleWords } from './words';

const poll = 1000; // ms
const lengths = [1, 7, 30] as const; // days

interface Props {
  /** The rule's text, saved or not. */
  source: string;
  /** Why it cannot be tried now. */
  barred?: string;
}

/** Tries a rule's text on the archived events of the customers in the switcher: how often it would fire, and on what. */
export function DryRunPanel({ source, barred }: Props) {
  const { t } = useTranslation();
  const { tenant } = useScope();
  const [days, setDays] = useState<number>(7);
  const [run, setRun] = useState<{ id: string; of: string }>();
  const start = useChange({
    run: () => ask(client.POST('/api/v1/rules/dry-run', { body: { source, days, tenants: tenant ? [tenant.id] : undefined } })),
    stale: [], then: (began: DryRun) => setRun({ id: began.id, of: source }),
  });
  const found = useQuery({
    queryKey: ['dry-run', run?.id],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/dry-runs/{run}', { params: { path: { run: run!.id } }, signal })),
    enabled: run !== undefined,
    refetchInterval: ({ state }) => (state.data && !over(state.data) ? poll : false),
  });
  const id = run?.id;
  const cancel = () => {
    if (id === undefined) return;
    void client.DELETE('/api/v1/dry-runs/{run}', { params: { path: { run: id } } });
    setRun(undefined);
  };
  useForgetting(id);
  const busy = start.isPending || (run !== undefined && !(found.data && over(found.data)) && !found.error);
  return (
    <div className="dry-run">
      <div className="row">
        <Segmented size="small" aria-label={t('dryrun.days')} value={days} onChange={setDays} options={lengths.map((n) => ({ value: n as number, label: t('dryrun.lastDays', { count: n }) }))} />
        <Button size="small" type="primary" loading={busy} disabled={barred !== undefined || source.trim() === ''} onClick={() => start.mutate()}>{t('dryrun.start')}</Button>
        {busy && run && <Button size="small" onClick={cancel}>{t('kit.cancel')}</Button>}
        <span className="soft">{tenant ? <TenantName id={tenant.id} /> : t('shell.tenant.all')}</span>
      </div>
      <p className="soft">{barred ?? t('dryrun.text')}</p>
      {found.error && <Failure error={found.error} retry={() => void found.refetch()} />}
      {run && !found.data && !found.error && <Loading lines={4} />}
      {found.data && <Found run={found.data} stale={run?.of !== source} />}
    </div>
  );
}

const over = (run: DryRun) => run.finished_at !== undefined;

// A run nobody looks at any more takes time from those that somebody waits for.
function useForgetting(id: string | undefined): void {
  useEffect(() => () => {
    if (id !== undefined) void client.DELETE('/api/v1/dry-runs/{run}', { params: { path: { run: id } } });
  }, [id]);
}

function Found({ run, stale }: { run: DryRun; stale: boolean }) {
  const { t, i18n } = useTranslation();
  const shown = (n: number) => count(n, i18n.language);
  const perDay = (n: number) => counted(n < 10 ? Math.round(n * 10) / 10 : Math.round(n), i18n.language);
  const most = Math.max(1, ...run.days.map(({ hits }) => hits));
  const many = run.tenants.filter(({ hits }) => hits > 0);
  return (
    <section className={stale ? 'stale' : undefined} aria-label={t('dryrun.found')} aria-live="polite">
      {!over(run) && <progress className="dry-run-progress" value={run.progress} max={1} aria-label={t('dryrun.progress')} />}
      {stale && <p className="notice">{t('dryrun.stale')}</p>}
      {run.state === 'failed' && <p className="notice bad" role="alert">{t('dryrun.failed')} <Untrusted value={run.reason} /></p>}
      {run.ended_early !== '' && <p className="notice warn">{t(`dryrun.early.${run.ended_early}`)}</p>}
      <p className="dry-run-sum"><b>{t('dryrun.hits', { count: run.hits, shown: shown(run.hits) })}</b> · <b>{t('dryrun.alerts', { count: run.alerts, shown: shown(run.alerts) })}</b></p>
      <p className="soft">{t('dryrun.rate', { hits: t('dryrun.hits', perDay(run.hits_per_day)), alerts: t('dryrun.dailyAlerts', perDay(run.alerts_per_day)) })} {t('dryrun.events', { shown: shown(run.events) })} {run.excepted > 0 && t('dryrun.excepted', { shown: shown(run.excepted) })}</p>
      <table className="dry-run-days" aria-label={t('dryrun.byDay')}>
        <tbody>
          {run.days.map((day) => (
            <tr key={day.day}>
              <th scope="row">{day.day}</th>
              <td className="bar" aria-hidden="true"><i style={{ inlineSize: `${(100 * day.hits) / most}%` }} /></td>
              <td className="number">{day.events === 0 ? <span className="faint">{t('dryrun.noEvents')}</span> : shown(day.hits)}</td>
              <td className="soft">{day.events > 0 && !day.covered ? t('dryrun.partly') : ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {many.length > 1 && (
        <dl className="pairs">{many.map(({ id, hits }) => <div key={id} className="contents"><dt><TenantName id={id} /></dt><dd>{shown(hits)}</dd></div>)}</dl>
      )}
      {run.top.length > 0 && (
        <dl className="pairs">
          {run.top.map(({ field, values }) => (
            <div key={field} className="contents">
              <dt><code>{field}</code></dt>
              <dd>{values.map(({ value, hits }) => <span key={value} className="dry-run-value"><code><Untrusted value={value} /></code> <span className="faint">{shown(hits)}</span></span>)}</dd>
            </div>
          ))}
        </dl>
      )}
      {run.examples.length > 0 && (
        <>
          <h4>{t('dryrun.examples')}</h4>
          <ul className="dry-run-examples">
            {run.examples.map((each) => (
              <li key={`${each.tenant} ${each.event_id} ${each.matches.map(({ value }) => value).join(' ')}`}>
                <Link to="/search" search={{ tenant: each.tenant, q: `event.id:=${JSON.stringify(each.event_id)}`, from: around(each.time, -1), to: around(each.time, 1) }} className="nowrap"><At at={each.time} /></Link>
                {each.parts.length > 0
                  ? <Together example={each} />
                  : <code className="clip"><Untrusted value={asText(each.event?.['message'] ?? each.event?.['event.original'])} /></code>}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

/** What had part in the firing of a correlation, and for whom. */
function Together({ example }: { example: DryRun['examples'][number] }) {
  const { t, i18n } = useTranslation();
  const words = useRuleWords();
  const group = example.matches.filter(({ selection }) => selection === 'group-by');
  return (
    <span className="dry-run-together">
      {group.map(({ field, value }) => <code key={field} title={field}><Untrusted value={value} /></code>)}
      {example.parts.map((part) => (
        <Link
          key={part.rule}
          to="/search"
          search={{
            tenant: example.tenant, q: `event.id:in(${part.events.map(({ id }) => JSON.stringify(id)).join(',')})`,
            from: around(part.first, -1), to: around(part.last, 1),
          }}
          title={part.count > part.events.length ? t('why.correlation.openSome', { shown: part.events.length }) : t('why.correlation.open')}
        >
          <Untrusted value={words.title(part)} /> × {count(part.count, i18n.language)}
        </Link>
      ))}
    </span>
  );
}

const minute = 60_000; // ms

function around(at: string, minutes: number): string {
  return new Date(new Date(at).getTime() + minutes * minute).toISOString();
}
