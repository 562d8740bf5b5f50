import { MenuOutlined, QuestionOutlined, SearchOutlined } from '@ant-design/icons';
import { Outlet, useLocation, useNavigate, useRouterState } from '@tanstack/react-router';
import { Button } from 'antd';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DemoStrip } from '../demo/strip';
import { Desk } from '../kit/desk';
import { keyCaps, useHotkeys } from '../kit/hotkeys';
import { useLook } from '../tenancy/band';
import { useScope } from '../tenancy/scope';
import { AccountMenu } from './account-menu';
import { Attention } from './attention';
import { DisplayMenu } from './display';
import { LiveState } from './live-state';
import { Navigation, usePlaces } from './navigation';
import { remember } from './recent';
import './shell.css';
import { TenantSwitcher } from './tenant-switcher';
import { useTab } from './tab';

const loadPalette = () => import('./palette');
const Palette = lazy(async () => ({ default: (await loadPalette()).Palette }));
const Help = lazy(async () => ({ default: (await import('./help')).Help }));

/** What stands around every screen: whose data it is, where one can go, who one is. */
export function Shell() {
  return <Desk><Frame /></Desk>;
}

function Frame() {
  const { t } = useTranslation();
  const { tenant } = useScope();
  const look = useLook();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const [openAt, setOpenAt] = useState<string>();
  const [over, setOver] = useState<'palette' | 'help'>();
  const open = openAt === path; // going anywhere closes the menu of a narrow screen
  useKeys(setOver);
  useArrival();
  useTab(tenant);
  const own = tenant && look(tenant.id);
  return (
    <div className="shell">
      <a className="skip" href="#content">{t('shell.skip')}</a>
      <div className={`band ${own?.pattern ?? 'all'}`} style={own && { backgroundColor: own.colour }} />
      <header className="top" style={own && { background: `color-mix(in srgb, ${own.colour} 12%, var(--bg))` }}>
        <Button
          className="burger"
          type="text"
          icon={<MenuOutlined />}
          aria-label={t('shell.menu')}
          aria-expanded={open}
          onClick={() => setOpenAt(open ? undefined : path)}
        />
        <span className="brand">iSOC</span>
        <TenantSwitcher />
        <span className="grow" />
        <button type="button" className="plain-button palette-button" aria-keyshortcuts="Control+K Meta+K" onPointerEnter={() => void loadPalette()} onClick={() => setOver('palette')}>
          <SearchOutlined /><span className="wide-text">{t('shell.palette.button')}</span>
          <span className="wide-text">{keyCaps('Mod+k').map((cap) => <kbd key={cap}>{cap}</kbd>)}</span>
        </button>
        <LiveState />
        <Attention />
        <button type="button" className="plain-button bare wide-only-button" aria-label={t('shell.help.title')} title={`${t('shell.help.title')} (?)`} onClick={() => setOver('help')}><QuestionOutlined /></button>
        <DisplayMenu />
        <AccountMenu />
      </header>
      <DemoStrip />
      <div className="below">
        <Navigation open={open} />
        <div className="content"><Outlet /></div>
      </div>
      <Suspense>
        {over === 'palette' && <Palette close={() => setOver(undefined)} help={() => setOver('help')} />}
        {over === 'help' && <Help close={() => setOver(undefined)} />}
      </Suspense>
    </div>
  );
}

function useKeys(show: (over: 'palette' | 'help') => void) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const go = Object.fromEntries(
    usePlaces().flatMap(({ to, name, go: letter }) => (letter ? [[`g ${letter}`, { run: () => void navigate({ to }), what: t(`shell.nav.${name}`) }]] : [])),
  );
  const palette = (event: KeyboardEvent) => {
    event.preventDefault();
    show('palette');
  };
  useHotkeys({
    'Mod+k': { run: palette, what: t('shell.palette.title') },
    '?': { run: () => show('help'), what: t('shell.help.title') },
    ...go,
    'g m': { run: () => void navigate({ to: '/account' }), what: t('shell.account') },
  }, 'everywhere');
}

// Arriving somewhere: whoever reads by ear hears the new page's heading, and the palette remembers alerts, rules and searches.
function useArrival() {
  const { pathname, href, search } = useLocation();
  const status = useRouterState({ select: (state) => state.status });
  const last = useRef(pathname);
  useEffect(() => {
    if (status !== 'idle' || last.current === pathname) return;
    last.current = pathname;
    const focused = document.activeElement;
    if (focused && focused !== document.body && !focused.closest('.nav, dialog')) return;
    document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
  }, [pathname, status]);
  const worth = /^\/(alerts|rules)\/[^/]+$/.test(pathname) || (pathname === '/search' && 'q' in search && Boolean(search.q));
  useEffect(() => {
    if (!worth) return;
    // Titles come with the data; by then the person has seen the page.
    const timer = setTimeout(() => remember({ href, title: document.title.replace(/^\(\d+\+?\) /, '').replace(/ · iSOC$/, '') }), 1500);
    return () => clearTimeout(timer);
  }, [worth, href]);
}
