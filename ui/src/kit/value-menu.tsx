import { useNavigate } from '@tanstack/react-router';
import { App } from 'antd';
import { createContext, memo, useContext, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { useCan, useMe, findTenant } from '../identity/session';
import { everywhere, filter, searchable } from '../search/logsql';
import { useScope } from '../tenancy/scope';
import { copy } from './copy';
import { Untrusted } from './untrusted';
import './value-menu.css';

/** What a page with a query of its own does with a value; elsewhere the menu opens the search page. */
export interface ValueActions {
  keep: (field: string, value: string) => void;
  drop: (field: string, value: string) => void;
  /** Runs another query over the same time. */
  ask: (query: string) => void;
  column?: (field: string) => void;
}

export const ValueActionsContext = createContext<ValueActions | undefined>(undefined);

/** What a page that lists things does with a value it can be narrowed by. */
export interface ListFilter {
  fields: readonly string[];
  keep: (field: string, value: string) => void;
  drop: (field: string, value: string) => void;
}

export const ListFilterContext = createContext<ListFilter | undefined>(undefined);

interface Props {
  field: string;
  value: string;
  /** The customer it was seen at, by slug or id; the scope's where it is left out. */
  tenant?: string;
  /** When it was seen, RFC 3339: searches look around it. */
  at?: string;
  marks?: string[];
  /** Out of the order of the Tab key, where the row is reached by other keys. */
  untabbed?: boolean;
  /** How the value is shown, where it is not just its text. */
  children?: ReactNode;
}

/** A value of a log or an alert. Click, Enter or Space opens what can be done with it. */
export const Value = memo(function Value({ field, value, tenant, at, marks, untabbed, children }: Props) {
  const [anchor, setAnchor] = useState<HTMLElement>(); // set while the menu is open
  if (value === '') return null;
  return (
    <>
      <span
        role="button"
        tabIndex={untabbed ? -1 : 0}
        className="value"
        aria-haspopup="menu"
        aria-expanded={anchor !== undefined}
        title={field}
        onClick={(event) => {
          event.stopPropagation();
          if ((window.getSelection()?.toString() ?? '') === '') setAnchor(event.currentTarget); // not at the end of selecting text
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== ' ') return;
          event.preventDefault();
          event.stopPropagation();
          setAnchor(event.currentTarget);
        }}
      >
        {children ?? <Untrusted value={value} marks={marks} />}
      </span>
      {anchor && (
        <ValueMenu
          field={field}
          value={value}
          tenant={tenant}
          at={at}
          anchor={anchor}
          close={() => {
            setAnchor(undefined);
            anchor.focus({ preventScroll: true });
          }}
        />
      )}
    </>
  );
});

interface MenuProps {
  field: string;
  value: string;
  tenant: string | undefined;
  at: string | undefined;
  anchor: HTMLElement;
  close: () => void;
}

function ValueMenu({ field, value, tenant, at, anchor, close }: MenuProps) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const groups = useItems({ field, value, tenant, at });
  const [place, setPlace] = useState<{ left: number; top: number }>();
  useLayoutEffect(() => {
    if (!box.current) return;
    const size = box.current.getBoundingClientRect();
    setPlace(placed(anchor.getClientRects()[0] ?? anchor.getBoundingClientRect(), size));
    box.current.querySelector<HTMLElement>('[role=menuitem]')?.focus({ preventScroll: true });
  }, [anchor]);
  const onKey = (event: KeyboardEvent) => {
    event.stopPropagation();
    const items = [...(box.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
    const now = items.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: now + 1, ArrowUp: now - 1, j: now + 1, k: now - 1, Home: 0, End: -1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      items[(to + items.length) % items.length]?.focus();
    } else if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      close();
    }
  };
  return createPortal(
    // Events of a portal climb to the row that holds it, which must not open.
    <div onClick={(event) => event.stopPropagation()} onKeyDown={onKey}>
      <div className="value-menu-shade" onClick={close} onContextMenu={close} />
      <div ref={box} className="value-menu" style={place ?? { left: 0, top: 0, opacity: 0 }}>
        <div className="value-menu-head">
          <div className="faint"><Untrusted value={field} /></div>
          <code><Untrusted value={value.slice(0, 400)} /></code>
        </div>
        <div role="menu" aria-label={t('kit.value.menu')}>
          {groups.map((group, i) => (
            <div key={i} role="none">
              {i > 0 && <div role="separator" />}
              {group.map((item) => (
                <button
                  key={item.key}
                  type="button"
                  role="menuitem"
                  tabIndex={-1}
                  data-action={item.key}
                  onClick={() => {
                    close();
                    item.run();
                  }}
                >
                  {item.label}
                </button>
              ))}
            </div>
          ))}
        </div>
      </div>
    </div>,
    document.body,
  );
}

// Below the value, above it where there is no room, and never outside of the window.
function placed(anchor: DOMRect, size: DOMRect): { left: number; top: number } {
  const below = anchor.bottom + 2;
  const top = below + size.height <= window.innerHeight - 8 ? below : Math.max(8, anchor.top - size.height - 2);
  return { left: Math.max(8, Math.min(anchor.left, window.innerWidth - size.width - 8)), top };
}

interface Item {
  key: string;
  label: string;
  run: () => void;
}

const around = 5 * 60_000; // ms to either side of the moment a value was seen

function useItems({ field, value, tenant, at }: Omit<MenuProps, 'anchor' | 'close'>): Item[][] {
  const { t } = useTranslation();
  const page = useContext(ValueActionsContext);
  const list = useContext(ListFilterContext);
  const can = useCan();
  const scope = useScope();
  const me = useMe();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const slug = findTenant(me, tenant)?.slug;
  const put = (text: string) => void copy(text).then((done) => done && message.success(t('kit.copied')));
  const hunt = (q: string, span?: { from: string; to: string }) => void navigate({
    to: '/search',
    search: { tenant: scope.tenant?.slug, in: scope.tenant ? undefined : slug, q, ...(span ?? (at ? spanAround(at, 6 * 3600_000) : { from: 'now-24h', to: 'now' })) },
  });
  const exact = filter(field, value, true);
  const narrow: Item[] = list?.fields.includes(field) ? [
    { key: 'listKeep', label: t('kit.value.listKeep'), run: () => list.keep(field, value) },
    { key: 'listDrop', label: t('kit.value.listDrop'), run: () => list.drop(field, value) },
  ] : [];
  const find: Item[] = [];
  const look: Item[] = [];
  if (searchable(field) && can('event.search')) {
    if (page) {
      find.push(
        { key: 'keep', label: t('kit.value.keep'), run: () => page.keep(field, value) },
        { key: 'drop', label: t('kit.value.drop'), run: () => page.drop(field, value) },
        { key: 'only', label: t('kit.value.only'), run: () => page.ask(exact) },
      );
      const { column } = page;
      if (column) find.push({ key: 'column', label: t('kit.value.column'), run: () => column(field) });
    } else {
      find.push(
        { key: 'keep', label: t('kit.value.search'), run: () => hunt(exact) },
        { key: 'drop', label: t('kit.value.without'), run: () => hunt(filter(field, value, false)) },
      );
    }
    look.push({ key: 'everywhere', label: t('kit.value.everywhere'), run: () => (page ? page.ask(everywhere(value)) : hunt(everywhere(value))) });
    if (at) look.push({ key: 'around', label: t('kit.value.around'), run: () => hunt(exact, spanAround(at, around)) });
  }
  if (searchable(field) && can('alert.read')) {
    look.push({
      key: 'alerts',
      label: t('kit.value.alerts'),
      run: () => void navigate({ to: '/alerts', search: { tenant: scope.tenant?.slug ?? slug, state: 'all', entity: `${field}=${value}` } as object }),
    });
  }
  const take: Item[] = [{ key: 'copy', label: t('kit.copy'), run: () => put(value) }];
  if (searchable(field)) take.push({ key: 'copyQuery', label: t('kit.value.copyQuery'), run: () => put(exact) });
  return [narrow, find, look, take].filter((group) => group.length > 0);
}

function spanAround(at: string, distance: number): { from: string; to: string } {
  const middle = new Date(at).getTime();
  return { from: new Date(middle - distance).toISOString(), to: new Date(middle + distance).toISOString() };
}
