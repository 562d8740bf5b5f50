import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { App, Button } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type InboxGroup, type Source } from '../client';
import { isProvider, useCan, useMe } from '../identity/session';
import { inboxQuery, refusedQuery } from '../inbox/queries';
import { Ago } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { useChange } from '../kit/use-change';
import { ParsedRecord } from './parsed';
import { latestQuery, sourceQuery } from './queries';
import { useReasons } from './state';

const poll = 2_000; // ms
const patience = 60_000; // ms until the checks are shown

/** Waits for the first record of a source and shows how it was understood; says what to look at where none comes. */
export function Waiting({ source, slug }: { source: Source; slug: string }) {
  const { t } = useTranslation();
  const [late, setLate] = useState(false);
  const live = useQuery({ ...sourceQuery(source.tenant, source.id), refetchInterval: poll });
  const now = live.data ?? source;
  const arrived = now.last_seen !== undefined;
  const latest = useQuery({
    ...latestQuery(source.tenant, source.id, 3),
    enabled: arrived,
    refetchInterval: (query) => (query.state.data?.items.length ? false : poll),
  });
  useEffect(() => {
    if (arrived) return;
    const timer = setTimeout(() => setLate(true), patience);
    return () => clearTimeout(timer);
  }, [arrived]);
  const records = latest.data?.items ?? [];
  return (
    <div className="stack" aria-live="polite">
      <div className={`listening ${arrived ? 'good' : ''}`} role="status">
        <span className="pulse" aria-hidden="true" />
        <span className="grow">{arrived ? t('source.arrived') : t('source.listening')}{arrived && now.last_seen && <> · <Ago at={now.last_seen} /></>}</span>
        {arrived && <Link to="/sources/$id" params={{ id: source.id }} search={{ tenant: slug }}>{t('source.toPage')}</Link>}
      </div>
      {arrived && records.length === 0 && <p className="soft">{t('source.soon')}</p>}
      {records.length > 0 && (
        <div>
          {records.map((record, i) => (
            <ParsedRecord key={String(record.event['event.id'])} raw={record.raw} fields={record.event} steps={record.steps} open={i === 0} />
          ))}
        </div>
      )}
      {!arrived && <Elsewhere source={now} />}
      {!arrived && late && <Checks source={now} />}
    </div>
  );
}

/** What came in from others since the source was made: records nobody claims, and senders refused for their token. */
function Elsewhere({ source }: { source: Source }) {
  const { t } = useTranslation();
  const can = useCan();
  const provider = isProvider(useMe());
  const allowed = provider && can('inbox.manage');
  const { message } = App.useApp();
  const inbox = useQuery({ ...inboxQuery, enabled: allowed, refetchInterval: poll });
  const refused = useQuery({ ...refusedQuery, enabled: allowed, refetchInterval: poll });
  const claim = useChange({
    run: (group: InboxGroup) => ask(client.POST('/api/v1/inbox/{group}/assign', {
      params: { path: { group: group.group } }, body: { tenant: source.tenant, source: source.id, add_sender: group.sender !== '' },
    })),
    stale: [['inbox'], ['sources']],
    then: ({ moved }) => void message.success(t('inbox.assigned', { count: moved })),
  });
  const since = Date.parse(source.created_at);
  const groups = (inbox.data?.items ?? []).filter((group) => Date.parse(group.last_at) >= since).slice(0, 5);
  const turned = (refused.data?.items ?? []).filter((sender) => Date.parse(sender.last_at) >= since).slice(0, 5);
  return (
    <>
      {groups.map((group) => (
        <div key={group.group} className="notice warn row">
          <span className="grow">
            {t('source.unclaimed')} <code><Untrusted value={group.sender || group.input} /></code> · {t('inbox.records', { count: group.count })}
            <br /><code className="soft"><Untrusted value={group.sample.slice(0, 160)} /></code>
          </span>
          <Button size="small" type="primary" loading={claim.isPending} onClick={() => claim.mutate(group)}>{t('source.claim')}</Button>
        </div>
      ))}
      {turned.map((sender) => (
        <p key={`${sender.sender} ${sender.token_hint}`} className="notice warn">
          {t('source.refused')} <code><Untrusted value={sender.sender} /></code>
          {sender.token_hint && <> · <code><Untrusted value={sender.token_hint} />…</code></>} · {t('source.times', { count: sender.count })}
        </p>
      ))}
    </>
  );
}

function Checks({ source }: { source: Source }) {
  const { t } = useTranslation();
  const reasons = useReasons()(source);
  return (
    <div className="notice">
      <p><strong>{t('source.check.title')}</strong></p>
      <ol className="checks">
        {reasons.map((reason) => <li key={reason.code}>{reason.says} {reason.advice}</li>)}
        <li>{t('source.check.reach')}</li>
        <li>{t('source.check.token')}</li>
        <li>{t('source.check.address')}</li>
        <li>{t('source.check.log')}</li>
      </ol>
    </div>
  );
}
