import { BellOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, type LinkProps } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type Component } from '../client';
import { componentName, Detail } from '../health/component';
import { isProvider, useCan, useMe } from '../identity/session';
import { Flyout } from '../kit/flyout';
import { useLive } from '../kit/live';
import { count } from '../kit/number';
import { preference } from '../kit/preference';

interface Item {
  /** What it is and how it stands; another one is another item. */
  key: string;
  bad: boolean;
  title: string;
  detail: React.ReactNode;
  to: LinkProps['to'];
}

const refresh = 30_000; // ms

const dismissed = preference<string[]>({
  key: 'isoc.dismissed',
  read: (stored) => (stored ?? '').split('\n').filter(Boolean),
  write: (value) => value.join('\n') || null,
});

/** What of the platform itself needs somebody. What was dismissed comes back when it changes, or goes away and returns. */
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
                <Link to={item.to} onClick={close}>
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
  const provider = isProvider(useMe());
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
  return { items, settled: !health.isLoading && !inbox.isLoading };
}

function placeOf(component: Component): LinkProps['to'] {
  if (component.code === 'syslog.port') return '/sources';
  if (component.code === 'inbox.discarded') return '/inbox';
  if (component.name === 'rules') return '/packs';
  return '/health';
}
