import { BellOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, type LinkProps } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type Component } from '../client';
import { componentName, Detail } from '../health/component';
import { findTenant, isProvider, useCan, useMe } from '../identity/session';
import { Flyout } from '../kit/flyout';
import { useLive } from '../kit/live';
import { count, counted } from '../kit/number';
import { preference } from '../kit/preference';
import { Ago } from '../kit/time';
import { proposalsKey } from '../learn/queries';
import { TenantName } from '../tenancy/band';

interface Item {
  /** What it is and how it stands; another one is another item. */
  key: string;
  bad: boolean;
  title: string;
  detail: React.ReactNode;
  to: LinkProps['to'];
  params?: { id: string };
  search?: Record<string, string | undefined>;
}

const refresh = 30_000; // ms
const mostSilent = 12; // shown one by one

const dismissed = preference<string[]>({
  key: 'isoc.dismissed',
  read: (stored) => (stored ?? '').split('\n').filter(Boolean),
  write: (value) => value.join('\n') || null,
});

/** What of the platform itself and of what it hears needs somebody: faults, records of nobody, sources that fell silent. What was dismissed comes back when it changes, or goes away and returns. */
export function Attention() {
  const { t } = useTranslation();
  const { items, settled } = useItems();
  const away = dismissed.use();
  const keys = items.map(({ key }) => key).join('\n');
  useEffect(() => {
    if (!settled) return;
    const still = dismissed.get().filter((key) => keys.split('\n').includes(key));
    if (still.length !== dismissed.get().length) dismissed.set(still);
  }, [keys, settled]);
  const open = items.filter(({ key }) => !away.includes(key));
  const label = t('shell.attention.title', { count: open.length, shown: open.length });
  return (
    <Flyout
      label={label}
      title={label}
      align="end"
      buttonClass="plain-button bare bell"
      button={
        <>
          <BellOutlined />
          {open.length > 0 && <span className={`badge ${open.some(({ bad }) => bad) ? 'bad' : 'warn'}`} data-count={open.length} />}
        </>
      }
    >
      {(close) => (
        <div className="attention">
          {open.length === 0 && <p className="soft">{t('shell.attention.none')}</p>}
          <ul>
            {open.map((item) => (
              <li key={item.key}>
                <span className={`tag ${item.bad ? 'bad' : 'warn'}`}>{item.bad ? '✕' : '!'}</span>
                <Link to={item.to as '/sources/$id'} params={item.params as { id: string }} search={item.search} onClick={close}>
                  <b>{item.title}</b>
                  <span className="soft">{item.detail}</span>
                </Link>
                <button type="button" className="sign-button" aria-label={t('shell.attention.dismiss', { title: item.title })} title={t('shell.attention.dismissText')} onClick={() => dismissed.set([...away, item.key])}>
                  ✕
                </button>
              </li>
            ))}
          </ul>
          {away.length > 0 && (
            <button type="button" className="line-button soft" onClick={() => dismissed.set([])}>{t('shell.attention.again', { count: away.length })}</button>
          )}
        </div>
      )}
    </Flyout>
  );
}

function useItems(): { items: Item[]; settled: boolean } {
  const { t, i18n } = useTranslation();
  const can = useCan();
  const me = useMe();
  const provider = isProvider(me);
  const queries = useQueryClient();
  const again = () => void queries.invalidateQueries({ queryKey: ['health'] });
  useLive({ health: again, resync: again });
  const health = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/health', { signal })),
    refetchInterval: refresh,
    enabled: provider && can('health.read'),
  });
  const inbox = useQuery({
    queryKey: ['inbox', 'attention'],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/inbox', { signal })),
    refetchInterval: refresh,
    enabled: provider && can('inbox.manage'),
  });
  const silent = useQuery({
    queryKey: ['sources', 'attention'],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/sources', { params: { query: { state: 'silent', limit: mostSilent } }, signal })),
    refetchInterval: refresh,
    enabled: can('source.read'),
  });
  const proposed = useQuery({
    queryKey: [...proposalsKey, 'attention'],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/parser-proposals', { params: { query: { state: 'open', limit: 1 } }, signal })),
    refetchInterval: refresh,
    enabled: can('source.manage'),
  });
  const items = (health.data?.components ?? []).filter(({ status }) => status !== 'ok').map((each): Item => ({
    key: `health/${each.name}/${each.code}/${each.status}`,
    bad: each.status === 'down',
    title: componentName(t, each.name),
    detail: <Detail component={each} />,
    to: placeOf(each),
  }));
  if (health.error) items.push({ key: 'health', bad: true, title: t('shell.nav.health'), detail: t('kit.error.unreachable'), to: '/health' });
  const waiting = inbox.data?.items.length ?? 0;
  if (waiting > 0) {
    items.push({ key: `inbox/${waiting}`, bad: false, title: t('shell.nav.inbox'), detail: t('shell.attention.inbox', { count: waiting, shown: count(waiting, i18n.language) }), to: '/inbox' });
  }
  const learned = proposed.data?.total ?? 0;
  if (learned > 0) {
    items.push({ key: `proposals/${learned}`, bad: false, title: t('learn.title'), detail: t('learn.hint', counted(learned, i18n.language)), to: '/parsers/proposals' });
  }
  for (const each of silent.data?.items ?? []) {
    items.push({
      key: `silent/${each.id}/${each.last_seen}`,
      bad: true,
      title: each.name,
      detail: (
        <>
          {t('shell.attention.silent')} <Ago at={each.last_seen} />
          {me.tenants.length > 1 && <> · <TenantName id={each.tenant} /></>}
        </>
      ),
      to: '/sources/$id',
      params: { id: each.id },
      search: { tenant: findTenant(me, each.tenant)?.slug ?? each.tenant },
    });
  }
  const more = (silent.data?.total ?? 0) - (silent.data?.items.length ?? 0);
  if (more > 0) {
    items.push({ key: `silent/${more}`, bad: true, title: t('shell.nav.sources'), detail: t('shell.attention.moreSilent', { count: more, shown: count(more, i18n.language) }), to: '/sources', search: { state: 'silent' } });
  }
  return { items, settled: !health.isLoading && !inbox.isLoading && !silent.isLoading && !proposed.isLoading };
}

function placeOf(component: Component): LinkProps['to'] {
  if (component.code === 'syslog.port') return '/sources';
  if (component.code === 'inbox.discarded') return '/inbox';
  if (component.name === 'rules') return '/packs';
  return '/health';
}
