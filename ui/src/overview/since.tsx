import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { Fragment, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useActionName } from '../audit/words';
import { ask, client, type Membership, type Overview } from '../client';
import { useHotkeys } from '../kit/hotkeys';
import { count } from '../kit/number';
import { levels, Severity } from '../kit/severity';
import { Ago } from '../kit/time';
import { useChange } from '../kit/use-change';
import { TenantName } from '../tenancy/band';
import { AlertsLink } from './links';
import { overviewKey } from './queries';
import { total } from './standing';

const mostChanges = 6;

/** What changed since the person last said to have seen it; every figure opens its rows. */
export function Since({ overview, tenant }: { overview: Overview; tenant: Membership | undefined }) {
  const { t, i18n } = useTranslation();
  const actionName = useActionName();
  const { since, raised, moved, closed, changes } = overview;
  const n = (value: number) => count(value, i18n.language);
  const seen = useChange({
    run: () => ask(client.POST('/api/v1/overview/seen', { body: { tenant: tenant?.id, at: overview.now } })),
    stale: [overviewKey],
  });
  useHotkeys({ e: { run: () => { if (!seen.isPending) seen.mutate(); }, what: t('overview.since.seen') } });
  const items: { key: string; shown: ReactNode }[] = [];
  if (total(raised) > 0) {
    items.push({
      key: 'raised',
      shown: (
        <>
          <AlertsLink search={{ state: 'all', raised_from: since }}>{t('overview.since.raised', { count: total(raised), shown: n(total(raised)) })}</AlertsLink>
          <span className="ov-levels">
            {levels.filter((level) => raised[level] > 0).map((level) => (
              <AlertsLink key={level} search={{ state: 'all', level, raised_from: since }}><Severity level={level} bare /> {n(raised[level])}</AlertsLink>
            ))}
          </span>
        </>
      ),
    });
  }
  if (moved > 0) items.push({ key: 'moved', shown: <AlertsLink search={{ state: 'open', moved_from: since }}>{t('overview.since.moved', { count: moved, shown: n(moved) })}</AlertsLink> });
  if (closed > 0) items.push({ key: 'closed', shown: <AlertsLink search={{ state: 'closed', moved_from: since }}>{t('overview.since.closed', { count: closed, shown: n(closed) })}</AlertsLink> });
  for (const change of changes.slice(0, mostChanges)) {
    const chain = change.tenant === 'provider' ? undefined : change.tenant;
    items.push({
      key: `${change.tenant} ${change.action}`,
      shown: (
        <Link to="/audit" search={{ tenant: chain, action: change.action, from: since }}>
          {actionName(change.action)} {n(change.count)}
          {chain && !tenant && <span className="ov-chain"><TenantName id={chain} /></span>}
        </Link>
      ),
    });
  }
  return (
    <section className="ov-since" aria-label={t('overview.since.title')}>
      <span className="soft">{overview.marked ? t('overview.since.marked') : t('overview.since.unmarked')} <Ago at={since} /></span>
      {items.length === 0 && <span>{t('overview.since.nothing')}</span>}
      {items.map(({ key, shown }) => <Fragment key={key}><span className="ov-item">{shown}</span></Fragment>)}
      {changes.length > mostChanges && (
        <Link to="/audit" search={{ from: since }}>{t('overview.since.more', { count: changes.length - mostChanges, shown: n(changes.length - mostChanges) })}</Link>
      )}
      <span className="grow" />
      <Button size="small" loading={seen.isPending} onClick={() => seen.mutate()}>{t('overview.since.seen')} <kbd>e</kbd></Button>
    </section>
  );
}
