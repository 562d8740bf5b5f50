import { Button } from 'antd';
import { Fragment, useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import './data-table.css';
import { useHotkeys } from './hotkeys';
import { Failure, Loading } from './states';

export interface Column<T> {
  key: string;
  title: ReactNode;
  render: (row: T) => ReactNode;
  /** number: right-aligned; wide: takes what is left; min: no wider than its content. */
  kind?: 'number' | 'wide' | 'min';
  /** Left out on narrow screens. */
  wideOnly?: boolean;
  /** Makes the title a button that orders the rows; active: they are ordered by it, as the column reads best. */
  sort?: { active: boolean; by: () => void };
}

interface Props<T> {
  label: string;
  columns: Column<T>[];
  rows: T[] | undefined;
  rowKey: (row: T) => string;
  error?: unknown;
  retry?: () => void;
  empty: ReactNode;
  /** Opens a row: by click and by Enter on the row that j and k moved to. */
  open?: (row: T) => void;
  /** Content under a row, shown on demand: by click, o and Enter. Excludes open. */
  expand?: (row: T) => ReactNode;
  /** Leaves j, k and Enter to another table of the page. */
  still?: boolean;
  more?: { has: boolean; busy: boolean; load: () => void };
}

/** The one table of the product: plain elements, dense, moved through by j and k. */
export function DataTable<T>(props: Props<T>) {
  const { rows, error, empty } = props;
  if (error && !rows) return <Failure error={error} retry={props.retry} />;
  if (!rows) return <Loading />;
  return (
    <>
      {error !== undefined && error !== null && <Failure error={error} retry={props.retry} />}
      {rows.length === 0 ? empty : <Filled {...props} rows={rows} />}
    </>
  );
}

function Filled<T>({ label, columns, rows, rowKey, open, expand, still, more }: Props<T> & { rows: T[] }) {
  const { t } = useTranslation();
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const toggle = (key: string) => setExpanded((before) => toggled(before, key));
  const { active, body } = useMoving(rows, expand ? (row) => toggle(rowKey(row)) : open, still);
  useHotkeys(expand ? { o: { run: toggleActive, what: t('kit.key.unfold') } } : {});
  function toggleActive() {
    const row = rows[active];
    if (row) toggle(rowKey(row));
  }
  return (
    <div className="data-table">
      <table aria-label={label}>
        <thead>
          <tr>
            {expand && <th className="min"><span className="skip">{t('kit.expand')}</span></th>}
            {columns.map((column) => (
              <th key={column.key} scope="col" className={cell(column)} aria-sort={column.sort?.active ? 'other' : undefined}>
                {column.sort
                  ? <button type="button" className="order" aria-pressed={column.sort.active} onClick={column.sort.by}>{column.title}{column.sort.active && <i aria-hidden="true"> ▾</i>}</button>
                  : column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map((row, i) => {
            const key = rowKey(row);
            const isOpen = expanded.has(key);
            return (
              <Fragment key={key}>
                <tr
                  className={`${i === active ? 'active' : ''} ${open || expand ? 'opens' : ''}`}
                  aria-current={i === active || undefined}
                  onClick={(event) => {
                    if (ownClick(event)) return;
                    if (expand) toggle(key);
                    else open?.(row);
                  }}
                >
                  {expand && (
                    <td className="min">
                      <button type="button" className="fold" aria-expanded={isOpen} aria-label={t('kit.expand')} onClick={() => toggle(key)}>
                        {isOpen ? '▾' : '▸'}
                      </button>
                    </td>
                  )}
                  {columns.map((column) => <td key={column.key} className={cell(column)}>{column.render(row)}</td>)}
                </tr>
                {expand && isOpen && <tr className="under"><td colSpan={columns.length + 1}>{expand(row)}</td></tr>}
              </Fragment>
            );
          })}
        </tbody>
      </table>
      {more?.has && (
        <div className="more"><Button size="small" loading={more.busy} onClick={more.load}>{t('kit.more')}</Button></div>
      )}
    </div>
  );
}

function noop() {}

function cell<T>(column: Column<T>): string {
  return `${column.kind ?? ''} ${column.wideOnly ? 'wide-only' : ''}`;
}

function toggled(before: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const after = new Set(before);
  if (!after.delete(key)) after.add(key);
  return after;
}

// A click on something that acts by itself, or the end of selecting text, does not open the row.
function ownClick(event: React.MouseEvent): boolean {
  if (event.target instanceof Element && event.target.closest('a, button, input, label, .ant-select')) return true;
  return (window.getSelection()?.toString() ?? '') !== '';
}

function useMoving<T>(rows: T[], open: ((row: T) => void) | undefined, still = false) {
  const { t } = useTranslation();
  const [active, setActive] = useState(-1);
  const body = useRef<HTMLTableSectionElement>(null);
  const move = (step: number) => setActive((at) => Math.min(rows.length - 1, Math.max(0, at + step)));
  const enter = (event: KeyboardEvent) => {
    const row = rows[active];
    if (!row || (event.target instanceof Element && event.target.closest('a, button'))) return;
    event.preventDefault();
    open?.(row);
  };
  useHotkeys(still ? {} : {
    j: { run: () => move(1), what: t('kit.key.next') },
    k: { run: () => move(-1), what: t('kit.key.previous') },
    Enter: open ? { run: enter, what: t('kit.key.open') } : noop,
  });
  useEffect(() => {
    body.current?.querySelector('tr.active')?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return { active, body };
}
