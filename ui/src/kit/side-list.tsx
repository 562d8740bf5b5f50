import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { rowHeight, useDensity } from './density';
import { useHotkeys } from './hotkeys';
import { WithPane } from './pane';
import './side-list.css';
import { VirtualTable, type VirtualColumn, type VirtualHandle, type VirtualProps } from './virtual-table';

/** A column that is left out where there is no room for it. */
export interface FittingColumn<T> extends Omit<VirtualColumn<T>, 'width'> {
  /** px. */
  width: number;
  /** The lower, the longer it stays. */
  rank: number;
}

interface Props<T> {
  /** Under which the pane's width is remembered. */
  name: string;
  label: string;
  paneLabel: string;
  /** A place is undefined until its row is loaded. */
  rows: readonly (T | undefined)[];
  /** Called with the places on the screen, end excluded: the time to load them. */
  onSeen?: (first: number, end: number) => void;
  rowKey: (row: T) => string;
  /** The first column, which takes what is left, at least so many px. */
  lead: Omit<VirtualColumn<T>, 'width'>;
  leadWidth: number;
  columns: FittingColumn<T>[];
  /** All of a row in one column, for narrow screens. */
  narrow: (row: T) => ReactNode;
  /** The row in the pane; undefined while it is closed. */
  at: string | undefined;
  setAt: (key: string | undefined) => void;
  pane: (row: T) => ReactNode;
  /** Rows can be picked where it is given, as in the table. */
  pick?: VirtualProps<T>['pick'];
  /** What the pane shows of a row that is not loaded, or not in the list. */
  paneOf?: (key: string) => ReactNode;
}

const narrowAt = 560; // px
const narrowRow = 54; // px

/** A long list with a pane beside it that follows the row one is on: j and k move, Enter opens, Escape closes. */
export function SideList<T>({ name, label, paneLabel, rows, rowKey, lead, leadWidth, columns, narrow, at, setAt, pane, paneOf, onSeen, pick }: Props<T>) {
  const { t } = useTranslation();
  const [box, setBox] = useState<HTMLDivElement | null>(null);
  const [width, setWidth] = useState(() => window.innerWidth);
  useLayoutEffect(() => {
    if (!box) return;
    const observer = new ResizeObserver(() => setWidth(box.clientWidth));
    observer.observe(box);
    return () => observer.disconnect();
  }, [box]);
  const density = rowHeight[useDensity()];
  const table = useRef<VirtualHandle>(null);
  // Where one is: at a row, or at a place whose row is still on its way.
  const [spot, setSpot] = useState<{ key?: string; place?: number; late?: boolean }>({ key: at });
  const arrived = spot.place === undefined ? undefined : rows[spot.place];
  if (arrived !== undefined) setSpot({ key: rowKey(arrived), late: true });
  const { key, late } = spot;
  const active = spot.place ?? rows.findIndex((row) => row !== undefined && rowKey(row) === key);
  useEffect(() => {
    if (late && at !== undefined && key !== undefined && key !== at) setAt(key);
  }, [late, key, at, setAt]);
  const shown = at === undefined ? undefined : rows.find((row) => row !== undefined && rowKey(row) === at);
  const inPane = shown !== undefined ? pane(shown) : at !== undefined ? paneOf?.(at) : undefined;
  const close = useCallback(() => {
    setAt(undefined);
    table.current?.focus();
  }, [setAt]);
  const open = (row: T) => {
    setSpot({ key: rowKey(row) });
    setAt(rowKey(row));
  };
  useHotkeys(at === undefined ? {} : { Escape: { run: close, what: t('kit.key.closePane') } });
  // A link that names a row brings it into view.
  const first = useRef(true);
  useLayoutEffect(() => {
    if (!first.current || !box || active < 0) return;
    first.current = false;
    table.current?.show(active);
  });
  const slim = width < narrowAt;
  const shownColumns = useMemo<VirtualColumn<T>[]>(() => {
    if (slim) return [{ ...lead, width: 'minmax(0, 1fr)', render: narrow }];
    const fit = fitting(columns, width - leadWidth - 14);
    return [{ ...lead, width: `minmax(${leadWidth}px, 1fr)` }, ...fit.map((column) => ({ ...column, width: `${column.width}px` }))];
  }, [columns, lead, leadWidth, narrow, slim, width]);
  return (
    <WithPane name={name} label={paneLabel} open={inPane !== undefined} close={close} pane={inPane}>
      <div className="side-list" ref={setBox}>
        <VirtualTable
          label={label}
          columns={shownColumns}
          count={rows.length}
          row={(index) => rows[index]}
          rowHeight={slim ? narrowRow : density}
          active={active}
          onSeen={onSeen}
          pick={pick}
          onActive={(index) => {
            const row = rows[index];
            if (!row) {
              setSpot({ place: index });
              return;
            }
            setSpot({ key: rowKey(row) });
            if (at !== undefined) setAt(rowKey(row));
          }}
          open={open}
          onClick={open}
          handle={table}
        />
      </div>
    </WithPane>
  );
}

/** The columns for which there is room, in their order on the screen: those of the lowest rank stay longest. */
export function fitting<T extends { width: number; rank: number }>(columns: T[], room: number): T[] {
  const stay = new Set<T>();
  for (const column of [...columns].sort((a, b) => a.rank - b.rank)) {
    room -= column.width;
    if (room < 0) break;
    stay.add(column);
  }
  return columns.filter((column) => stay.has(column));
}
