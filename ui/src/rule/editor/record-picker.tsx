import { useQuery } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client } from '../../client';
import { useCan } from '../../identity/session';
import { Flyout } from '../../kit/flyout';
import { Empty, Failure, Loading } from '../../kit/states';
import { Ago } from '../../kit/time';
import { Untrusted } from '../../kit/untrusted';
import { sourcesQuery } from '../../source/queries';
import { useScope } from '../../tenancy/scope';
import { draftOf, type Draft } from './model';

const shown = 20;

interface Props {
  /** The rule whose alerts are offered; undefined for one that is new. */
  rule: string | undefined;
  pick: (samples: Draft[]) => void;
}

/** Takes records that really came as samples: found in the archive, or those that alerts of the rule rest on. */
export function RecordPicker(props: Props) {
  const { t } = useTranslation();
  const can = useCan();
  if (!can('event.search')) return null;
  return (
    <Flyout label={t('editor.pick.title')} button={t('editor.pick.open')} align="end">
      {(close) => <Picker {...props} close={close} />}
    </Flyout>
  );
}

function Picker({ rule, pick, close }: Props & { close: () => void }) {
  const { t } = useTranslation();
  const scope = useScope();
  const [slug, setSlug] = useState(scope.tenant?.slug ?? (scope.tenants.length === 1 ? scope.tenants[0]?.slug : undefined));
  const [typed, setTyped] = useState('*');
  const [query, setQuery] = useState('*');
  return (
    <form
      className="stack record-picker"
      onSubmit={(event) => {
        event.preventDefault();
        setQuery(typed.trim() || '*');
      }}
    >
      <div className="row tight">
        {!scope.fixed && (
          <Select
            size="small"
            className="filter"
            aria-label={t('editor.pick.tenant')}
            placeholder={t('editor.pick.tenant')}
            value={slug}
            onChange={setSlug}
            showSearch={{ optionFilterProp: 'label' }}
            options={scope.tenants.map((each) => ({ value: each.slug, label: each.name }))}
          />
        )}
        <Input data-autofocus size="small" className="mono grow" aria-label={t('editor.pick.query')} value={typed} onChange={(change) => setTyped(change.target.value)} />
        <Button size="small" htmlType="submit">{t('editor.pick.find')}</Button>
      </div>
      {rule && slug && <OfAlerts rule={rule} tenant={slug} choose={(q) => (setTyped(q), setQuery(q))} />}
      {slug ? <Found tenant={slug} query={query} pick={(draft) => (pick([draft]), close())} /> : <p className="soft">{t('editor.pick.whose')}</p>}
    </form>
  );
}

/** A query for the events that the latest alerts of the rule rest on. */
function OfAlerts({ rule, tenant, choose }: { rule: string; tenant: string; choose: (query: string) => void }) {
  const { t } = useTranslation();
  const can = useCan();
  const alerts = useQuery({
    queryKey: ['rule-text', 'alerts', rule, tenant],
    queryFn: async ({ signal }) => {
      const page = await ask(client.GET('/api/v1/alerts', { params: { query: { rule, tenant, limit: 5, sort: 'newest' } }, signal }));
      const details = await Promise.all(page.items.map(({ id }) => ask(client.GET('/api/v1/alerts/{id}', { params: { path: { id } }, signal }))));
      return details.flatMap((each) => each.evidence.slice(0, 4).map((one) => one.event_id));
    },
    enabled: can('alert.read'),
    staleTime: 30_000,
  });
  if (!alerts.data || alerts.data.length === 0) return null;
  const ids = alerts.data;
  return <button type="button" className="link" onClick={() => choose(ids.map((id) => `event.id:="${id}"`).join(' or '))}>{t('editor.pick.alerts', { count: ids.length })}</button>;
}

function Found({ tenant, query, pick }: { tenant: string; query: string; pick: (draft: Draft) => void }) {
  const { t } = useTranslation();
  const found = useQuery({
    queryKey: ['rule-text', 'records', tenant, query],
    queryFn: ({ signal }) => ask(client.POST('/api/v1/search', { body: { query, tenants: [tenant], from: 'now-7d', to: 'now', limit: shown, order: 'newest' }, signal })),
    staleTime: 30_000,
    retry: false,
  });
  const sources = useQuery(sourcesQuery(tenant));
  if (found.error) return <Failure error={found.error} />;
  if (!found.data) return <Loading lines={4} />;
  const rows = found.data.events.filter((event) => typeof event['event.original'] === 'string');
  if (rows.length === 0) return <Empty title={t('editor.pick.none')} />;
  return (
    <ul className="plain-list record-list" aria-label={t('editor.pick.title')}>
      {rows.map((event, i) => {
        const raw = String(event['event.original']);
        const kind = sources.data?.items.find((source) => source.id === event['isoc.source.id'])?.kind ?? 'auto';
        return (
          <li key={i}>
            <button type="button" className="record-choice" onClick={() => pick(draftOf({ name: '', fires: true, kind, form: 'record', why: '', lines: [{ raw }] }))}>
              <span className="faint nowrap"><Ago at={String(event['@timestamp'])} /></span>
              <code className="clip"><Untrusted value={raw.slice(0, 300)} /></code>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
