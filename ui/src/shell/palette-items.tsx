import { useQuery } from '@tanstack/react-query';
import { useNavigate, useRouter } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { isProvider, useCan, useMe } from '../identity/session';
import { languages } from '../i18n';
import { densities, setDensity } from '../kit/density';
import { ranked } from '../kit/fuzzy';
import { keyCaps, pageActions } from '../kit/hotkeys';
import { ask } from '../kit/intent';
import { paletteActions } from '../kit/palette-actions';
import type { Pick, PickGroup } from '../kit/pick-list';
import { choices, choose } from '../kit/theme';
import { ownZone, setZone } from '../kit/zone';
import { everywhere } from '../search/logsql';
import { TenantMark } from '../tenancy/band';
import { useScope } from '../tenancy/scope';
import { viewsQuery } from '../view/queries';
import { kindOf } from './kind';
import { useLeave } from './leave';
import { usePlaces } from './navigation';
import { recents, recentTenants } from './recent';
import { useSpeak } from './speak';

interface Item extends Pick {
  /** What it is found by. */
  words: string;
}

const most = 6; // of a group, while others may fit too

/** Everything the palette knows without asking the server. `done` closes it. */
export function usePaletteItems(typed: string, done: () => void, help: () => void): PickGroup[] {
  const { t } = useTranslation();
  const groups: { id: string; title: string; items: Item[]; always?: boolean }[] = [
    { id: 'value', title: t('shell.palette.value'), items: useValue(typed), always: true },
    { id: 'here', title: t('shell.palette.here'), items: useHere() },
    { id: 'recent', title: t('shell.palette.recent'), items: useRecent() },
    { id: 'page', title: t('shell.palette.pages'), items: usePages() },
    { id: 'tenant', title: t('kit.tenant'), items: useTenants(typed) },
    { id: 'view', title: t('view.title'), items: useViews() },
    { id: 'do', title: t('shell.palette.actions'), items: useActions(help) },
  ];
  const bare = typed.trim() === '';
  return groups
    .filter(({ id }) => !bare || ['here', 'recent', 'page', 'tenant'].includes(id))
    .map(({ id, title, items, always }) => ({
      id,
      title,
      picks: (always ? items : ranked(typed, items, (item) => item.words, bare && id === 'page' ? 20 : most)).map((item) => ({
        ...item,
        run: () => {
          done();
          item.run();
        },
      })),
    }));
}

function useHere(): Item[] {
  const own = paletteActions();
  const byKey = pageActions().filter(({ what }) => !own.some(({ label }) => label === what));
  return [
    ...own.map(({ id, label, words = '', keyName, run }) => ({
      id, content: <span className="clip">{label}</span>, hint: keyName && <kbd>{keyName}</kbd>, words: `${label} ${words}`, run: later(run),
    })),
    ...byKey.map(({ key, what, run }) => ({
      id: `key-${key}`, content: <span className="clip">{what}</span>, hint: <kbd>{keyCaps(key).join(' ')}</kbd>, words: what, run: later(run),
    })),
  ];
}

// After the palette has gone, so that what opens gets the focus.
function later(run: () => void): () => void {
  return () => void setTimeout(run);
}

function useRecent(): Item[] {
  const router = useRouter();
  return recents()
    .filter(({ href }) => href !== router.state.location.href)
    .map(({ href, title }) => ({ id: href, content: <span className="clip">{title}</span>, words: title, run: () => router.history.push(href) }));
}

function usePages(): Item[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const pages = usePlaces().map(({ to, name, go }): Item => ({
    id: name,
    content: <span className="clip">{t(`shell.nav.${name}`)}</span>,
    hint: go && <><kbd>g</kbd> <kbd>{go}</kbd></>,
    words: `${t(`shell.nav.${name}`)} ${name}`,
    run: () => void navigate({ to }),
  }));
  const account = t('shell.account');
  return [...pages, { id: 'account', content: account, hint: <><kbd>g</kbd> <kbd>m</kbd></>, words: `${account} account`, run: () => void navigate({ to: '/account' }) }];
}

function useTenants(typed: string): Item[] {
  const { t } = useTranslation();
  const { tenant, tenants, fixed, choose: pick } = useScope();
  if (fixed) return [];
  const items = tenants.filter(({ id }) => id !== tenant?.id).map((each): Item => ({
    id: each.id,
    content: <><TenantMark id={each.id} name={each.name} /><span className="clip">{each.name}</span></>,
    hint: each.slug,
    words: `${each.name} ${each.slug}`,
    run: () => pick(each.slug),
  }));
  if (typed.trim() === '') {
    const late = recentTenants();
    return items.filter(({ hint }) => late.includes(String(hint))).slice(0, 4);
  }
  if (tenant) items.push({ id: '*', content: t('shell.tenant.all'), words: `${t('shell.tenant.all')} all`, run: () => pick(undefined) });
  return items;
}

function useViews(): Item[] {
  const { t } = useTranslation();
  const router = useRouter();
  const { tenant } = useScope();
  const views = useQuery(viewsQuery).data ?? [];
  const pages = usePlaces();
  return views.flatMap((view) => {
    const page = pages.find(({ to }) => to === `/${view.page}`);
    if (!page) return [];
    const around = new URLSearchParams({ ...(tenant && { tenant: tenant.slug }), view: view.id });
    const name = t(`shell.nav.${page.name}`);
    return [{
      id: view.id,
      content: <span className="clip">{view.name}</span>,
      hint: view.own ? name : `${name} · ${view.owner}`,
      words: `${view.name} ${name}`,
      run: () => router.history.push(`/${view.page}?${[view.search, around].filter(String).join('&')}`),
    }];
  });
}

function useActions(help: () => void): Item[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const can = useCan();
  const provider = isProvider(useMe());
  const speak = useSpeak();
  const leave = useLeave();
  const item = (id: string, label: string, words: string, run: () => void): Item => ({ id, content: <span className="clip">{label}</span>, words: `${label} ${words}`, run });
  const items: Item[] = [];
  if (can('tenant.manage') && provider) items.push(item('new-tenant', t('tenancy.add'), 'new customer tenant', () => void navigate({ to: '/tenants' }).then(() => ask('tenant.new'))));
  if (can('source.manage')) items.push(item('new-source', t('source.add'), 'new source', () => void navigate({ to: '/sources', search: (before) => ({ tenant: before.tenant, edit: 'new' }) })));
  if (can('user.manage') && provider) items.push(item('new-user', t('user.add'), 'new user', () => void navigate({ to: '/users' }).then(() => ask('user.new'))));
  for (const each of choices) items.push(item(`theme-${each}`, t('kit.pair', { name: t('shell.theme.label'), value: t(`shell.theme.${each}`) }), `theme ${each}`, () => choose(each)));
  for (const { id, name } of languages) items.push(item(`lang-${id}`, t('kit.pair', { name: t('shell.language'), value: name }), `language ${id}`, () => void speak(id)));
  for (const each of densities) items.push(item(`density-${each}`, t('kit.pair', { name: t('shell.density.label'), value: t(`shell.density.${each}`) }), `density ${each}`, () => setDensity(each)));
  items.push(
    item('zone-utc', t('kit.pair', { name: t('shell.zone.label'), value: 'UTC' }), 'time zone utc', () => setZone('UTC')),
    item('zone-own', t('kit.pair', { name: t('shell.zone.label'), value: t('shell.zone.browser') }), 'time zone local browser', () => setZone(ownZone)),
    item('keys', t('shell.help.title'), 'keys shortcuts help ?', help),
    item('docs', t('shell.docs'), 'api documentation', () => void window.open('/docs', '_blank', 'noreferrer')),
    item('leave', t('shell.logOut'), 'log out sign out', () => void leave()),
  );
  return items;
}

// What is typed or pasted, as a value to look for. Ids, addresses and hashes are named as such and stand first.
function useValue(typed: string): Item[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const can = useCan();
  const value = typed.trim();
  const kind = kindOf(value);
  if (value.length < 2 || !kind) return [];
  const items: Item[] = [];
  if (kind === 'id') items.push({ id: 'open', content: t('shell.palette.openAlert'), hint: value, words: value, run: () => void navigate({ to: '/alerts/$id', params: { id: value.toUpperCase() } }) });
  return [...items, ...lookFor(value)];

  function lookFor(text: string): Item[] {
    const found: Item[] = [];
    if (can('alert.read')) found.push({ id: 'alerts', content: t('shell.palette.inAlerts'), hint: text, words: text, run: () => void navigate({ to: '/alerts', search: (before) => ({ tenant: before.tenant, q: text, state: 'all' }) }) });
    if (can('event.search')) found.push({ id: 'logs', content: t('shell.palette.inLogs'), hint: text, words: text, run: () => void navigate({ to: '/search', search: (before) => ({ tenant: before.tenant, q: everywhere(text), from: 'now-24h', to: 'now' }) }) });
    return found;
  }
}
