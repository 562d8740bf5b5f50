import {
  memo, useCallback, useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState, type ReactNode, type Ref,
} from 'react';
import { useTranslation } from 'react-i18next';
import { useHotkeys } from './hotkeys';
import './virtual-table.css';
import { bodyHeight, bringing, windowOf, type Geometry, type Window } from './virtual-window';

export interface VirtualColumn<T> {
  key: string;
  title: ReactNode;
  /** A track of CSS grid: '80px', 'minmax(200px, 1fr)'. */
  width: string;
  /** Called only when the row changes: it must not depend on anything but the row. Give new columns for anything else. */
  render: (row: T, index: number) => ReactNode;
  kind?: 'number';
  sort?: 'ascending' | 'descending' | 'none';
  onSort?: () => void;
}

export interface VirtualHandle {
  /** Brings a row into view. */
  show(index: number): void;
  focus(): void;
  scrollTop(): number;
  scrollTo(top: number): void;
}

export interface VirtualProps<T> {
  label: string;
  columns: VirtualColumn<T>[];
  /** How many rows there are, loaded or not. */
  count: number;
  /** A row; undefined where it is not loaded yet. */
  row: (index: number) => T | undefined;
  /** px; the same for all rows. */
  rowHeight: number;
  /** The row that keys act on; -1 for none. */
  active: number;
  onActive: (index: number, how: 'key' | 'mouse') => void;
  /** Called with the rows on the screen, end excluded, whenever they change: the place to load them. */
  onSeen?: (first: number, end: number) => void;
  /** Rows can be picked where it is given: by the box, by x, and as a range by Shift. */
  pick?: { has: (row: T) => boolean; toggle: (index: number, range: boolean) => void; can?: (row: T) => boolean };
  /** By Enter and by double click. */
  open?: (row: T, index: number) => void;
  /** By a plain click, after the row became the active one. A link of class row-link counts as the row. */
  onClick?: (row: T, index: number) => void;
  rowClass?: (row: T) => string;
  /** For rows that unfold others: aria-expanded. */
  expanded?: (row: T) => boolean | undefined;
  handle?: Ref<VirtualHandle>;
  busy?: boolean;
}

const overscan = 8;

/**
 * A table of any length: only the rows on the screen exist. Elements are plain, rows are redrawn only when they change, and one
 * row at a time can be reached by Tab. j, k, arrows, Home, End and the page keys move; the active row stays in the document
 * wherever the view is, so that the focus is never lost.
 */
export function VirtualTable<T>(props: VirtualProps<T>) {
  const { label, columns, count, row, rowHeight, active, onSeen, pick, rowClass, expanded, busy } = props;
  const { t } = useTranslation();
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const { geometry, seen, read } = useWindow(scroller, count, rowHeight);
  const move = useMoves(props, scroller, geometry, read);
  useEffect(() => onSeen?.(seen.first, seen.end), [onSeen, seen.first, seen.end]);

  const template = useMemo(
    () => [pick ? '30px' : '', ...columns.map((column) => column.width)].join(' ').trim(),
    [columns, pick],
  );
  const indexes = Array.from({ length: Math.max(0, seen.end - seen.first) }, (_, i) => seen.first + i);
  if (active >= 0 && active < count && (active < seen.first || active >= seen.end)) indexes.push(active);
  const reachable = active >= 0 && active < count ? active : seen.first && seen.first + overscan;
  const lowest = bodyHeight(geometry) - rowHeight;
  const canPick = pick?.can;
  return (
    <div className="virtual" ref={setScroller} style={{ '--columns': template, '--row-height': `${rowHeight}px` } as React.CSSProperties}>
      <table role="grid" aria-label={label} aria-rowcount={count + 1} aria-multiselectable={pick ? true : undefined} aria-busy={busy || undefined}>
        <thead role="rowgroup">
          <tr role="row" aria-rowindex={1}>
            {pick && <th role="columnheader" scope="col" className="box"><span className="skip">{t('kit.pick')}</span></th>}
            {columns.map((column) => <Head key={column.key} column={column} />)}
          </tr>
        </thead>
        <tbody role="rowgroup" style={{ height: bodyHeight(geometry) }} onClick={move.click} onDoubleClick={move.doubleClick} onMouseDown={move.down} onFocus={move.focused}>
          {indexes.map((index) => {
            const value = row(index);
            return (
              <Row
                key={index}
                index={index}
                value={value}
                columns={columns as VirtualColumn<unknown>[]}
                top={Math.max(0, Math.min(lowest, index * rowHeight + seen.shift))}
                active={index === active}
                reachable={index === reachable}
                pickable={pick === undefined ? undefined : value !== undefined && (canPick?.(value) ?? true)}
                picked={pick !== undefined && value !== undefined && pick.has(value)}
                look={value === undefined ? 'skeleton' : rowClass?.(value) ?? ''}
                expanded={value === undefined ? undefined : expanded?.(value)}
                pickLabel={t('kit.pickRow')}
              />
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Head<T>({ column }: { column: VirtualColumn<T> }) {
  return (
    <th role="columnheader" scope="col" className={column.kind ?? ''} aria-sort={column.sort}>
      {column.onSort
        ? <button type="button" className="sort" onClick={column.onSort}>{column.title}{column.sort === 'descending' && ' ↓'}{column.sort === 'ascending' && ' ↑'}</button>
        : column.title}
    </th>
  );
}

interface RowProps {
  index: number;
  value: unknown;
  columns: VirtualColumn<unknown>[];
  top: number;
  active: boolean;
  reachable: boolean;
  pickable: boolean | undefined;
  picked: boolean;
  look: string;
  expanded: boolean | undefined;
  pickLabel: string;
}

const Row = memo(function Row({ index, value, columns, top, active, reachable, pickable, picked, look, expanded, pickLabel }: RowProps) {
  return (
    <tr
      role="row"
      data-index={index}
      className={`${look} ${active ? 'active' : ''} ${picked ? 'picked' : ''}`}
      style={{ transform: `translateY(${top}px)` }}
      aria-rowindex={index + 2}
      aria-selected={pickable ? picked : undefined}
      aria-current={active || undefined}
      aria-expanded={expanded}
      tabIndex={reachable ? 0 : -1}
    >
      {pickable !== undefined && (
        <td role="gridcell" className="box">
          {pickable && <input type="checkbox" tabIndex={-1} checked={picked} readOnly aria-label={pickLabel} />}
        </td>
      )}
      {value === undefined
        ? <td role="gridcell" aria-colspan={columns.length} className="bones"><i className="bone" /></td> // one cell: many of them fly by
        : columns.map((column) => <td key={column.key} role="gridcell" className={column.kind ?? ''}>{column.render(value, index)}</td>)}
    </tr>
  );
});

// Follows the scroll position; React hears only of changes of the window, not of every pixel.
function useWindow(scroller: HTMLDivElement | null, count: number, rowHeight: number) {
  const [view, setView] = useState(() => window.innerHeight);
  const [top, setTop] = useState(0);
  const geometry: Geometry = useMemo(() => ({ count, row: rowHeight, view }), [count, rowHeight, view]);
  const read = useCallback(() => {
    const now = scroller?.scrollTop ?? 0;
    setTop((before) => (same(windowOf(geometry, before, overscan), windowOf(geometry, now, overscan)) ? before : now));
  }, [geometry, scroller]);
  useEffect(() => {
    scroller?.addEventListener('scroll', read, { passive: true });
    return () => scroller?.removeEventListener('scroll', read);
  }, [read, scroller]);
  useLayoutEffect(() => {
    if (!scroller) return;
    const observer = new ResizeObserver(() => {
      const height = scroller.clientHeight - (scroller.querySelector('thead')?.clientHeight ?? 0);
      if (height > 0) setView(height);
    });
    observer.observe(scroller);
    return () => observer.disconnect();
  }, [scroller]);
  return { geometry, seen: windowOf(geometry, top, overscan), read };
}

function same(a: Window, b: Window): boolean {
  return a.first === b.first && a.end === b.end && a.shift === b.shift;
}

function useMoves<T>(props: VirtualProps<T>, scroller: HTMLDivElement | null, geometry: Geometry, read: () => void) {
  const { active, count, row, pick, open, onActive, onClick, handle } = props;
  const wantsFocus = useRef(false);
  const show = (index: number) => {
    const to = scroller ? bringing(geometry, scroller.scrollTop, index) : undefined;
    if (to === undefined) return;
    scroller?.scrollTo({ top: to });
    read();
  };
  useImperativeHandle(handle, () => ({
    show,
    focus: () => scroller?.querySelector<HTMLElement>('tr[tabindex="0"]')?.focus({ preventScroll: true }),
    scrollTop: () => scroller?.scrollTop ?? 0,
    scrollTo: (top) => {
      scroller?.scrollTo({ top });
      read();
    },
  }));
  // Where the focus is free or in the table, it goes with the active row, so that screen readers follow.
  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    scroller?.querySelector<HTMLElement>(`tr[data-index="${active}"]`)?.focus({ preventScroll: true });
  });
  const go = (index: number) => {
    if (count === 0) return;
    const to = Math.max(0, Math.min(count - 1, index));
    wantsFocus.current = isFree(document.activeElement, scroller);
    show(to);
    onActive(to, 'key');
  };
  const page = Math.max(1, Math.floor(geometry.view / geometry.row) - 1);
  // Arrows and their like scroll whatever has the focus; they move rows where that is the table or nothing.
  const mine = (event: KeyboardEvent, act: () => void) => {
    if (!isFree(event.target, scroller)) return;
    event.preventDefault();
    act();
  };
  const at = Math.max(active, -1);
  useHotkeys({
    j: () => go(at + 1),
    k: () => go(at - 1),
    ArrowDown: (event) => mine(event, () => go(at + 1)),
    ArrowUp: (event) => mine(event, () => go(at - 1)),
    Home: (event) => mine(event, () => go(0)),
    End: (event) => mine(event, () => go(count - 1)),
    PageDown: (event) => mine(event, () => go(at + page)),
    PageUp: (event) => mine(event, () => go(at - page)),
    ...(pick && { x: () => at >= 0 && pick.toggle(at, false), X: () => at >= 0 && pick.toggle(at, true) }),
    ...(open && {
      Enter: (event: KeyboardEvent) => {
        if (event.target instanceof Element && event.target.closest('a:not(.row-link), button, input')) return;
        const value = at >= 0 ? row(at) : undefined;
        if (value === undefined) return;
        event.preventDefault();
        open(value, at);
      },
    }),
  });
  const indexOf = (target: EventTarget) => {
    const found = target instanceof Element ? target.closest<HTMLElement>('tr[data-index]')?.dataset.index : undefined;
    return found === undefined ? -1 : Number(found);
  };
  return {
    // Shift marks text in every browser; here it picks a range.
    down: (event: React.MouseEvent) => {
      if (event.shiftKey && pick) event.preventDefault();
    },
    click: (event: React.MouseEvent) => {
      const index = indexOf(event.target);
      if (index < 0 || (event.defaultPrevented && !rowLink(event.target))) return;
      const inBox = event.target instanceof Element && event.target.closest('.box') !== null;
      if (pick && (inBox || event.shiftKey || event.ctrlKey || event.metaKey)) {
        if (event.target instanceof Element && event.target.closest('a, button') && !event.shiftKey) return;
        if (event.shiftKey) event.preventDefault();
        pick.toggle(index, event.shiftKey);
        onActive(index, 'mouse');
        return;
      }
      if (!rowLink(event.target) && actsAlone(event)) return;
      onActive(index, 'mouse');
      const value = row(index);
      if (value !== undefined) onClick?.(value, index);
    },
    // Tab reached the table before any key did.
    focused: (event: React.FocusEvent) => {
      if (active < 0 && event.target instanceof HTMLTableRowElement) onActive(indexOf(event.target), 'key');
    },
    doubleClick: (event: React.MouseEvent) => {
      const index = indexOf(event.target);
      const value = index >= 0 ? row(index) : undefined;
      if (value === undefined || (event.target instanceof Element && event.target.closest('a:not(.row-link), button, input, .box'))) return;
      open?.(value, index);
    },
  };
}

// Whether the focus is in the table or nowhere in particular: on the page as a whole, or on its title, where it goes after a jump.
function isFree(at: EventTarget | null, scroller: HTMLElement | null): boolean {
  return !(at instanceof Element) || at.matches('body, main, h1') || (scroller?.contains(at) ?? false);
}

// A link to what the row is about, which leaves plain clicks to the row; with a key held it opens elsewhere, as links do.
function rowLink(target: EventTarget): boolean {
  return target instanceof Element && target.closest('a.row-link') !== null;
}

// A click on something that acts by itself, or the end of selecting text, is not one on the row.
function actsAlone(event: React.MouseEvent): boolean {
  if (event.target instanceof Element && event.target.closest('a, button, input, label')) return true;
  return (window.getSelection()?.toString() ?? '') !== '';
}
