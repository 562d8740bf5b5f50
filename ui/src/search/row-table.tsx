import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FlatEvent } from '../client';
import { asText } from '../kit/fields';
import '../kit/data-table.css';
import { At } from '../kit/time';
import type { Range } from '../kit/time-range';
import { Untrusted } from '../kit/untrusted';
import { Value } from '../kit/value-menu';
import { grouping } from './grouping';
import { columnsOfRows, numeric, type RowColumn } from './rows';
import { behind, plotted } from './rows-chart';
import { RowsPlot } from './rows-plot';

const mostRows = 1000; // shown; the export has all

interface Props {
  rows: FlatEvent[];
  query: string;
  /** There are more rows than these. */
  cut: boolean;
  /** Shows the events that a row was made of. */
  open: (query: string, span: { from?: string; to?: string }) => void;
  setRange: (range: Range) => void;
}

/** Rows of a calculation: over time as a chart, too; numbers to the right, each with a bar as long as its share of the greatest. */
export function RowTable({ rows: given, query, cut, open, setRange }: Props) {
  const { t } = useTranslation();
  const [figure, setFigure] = useState<string>();
  const group = useMemo(() => grouping(query), [query]);
  const rows = useMemo(() => (group?.step !== undefined && !group.sorted ? latestFirst(given) : given), [given, group]);
  const columns = useMemo(() => columnsOfRows(rows, query), [rows, query]);
  const chosen = columns.some((column) => column.name === figure) ? figure : undefined;
  const data = useMemo(() => plotted(rows, columns, group, chosen), [rows, columns, group, chosen]);
  const show = (row: FlatEvent) => {
    const found = behind(row, group);
    if (found) open(found.q, found);
  };
  return (
    <div className="rows">
      {data && cut && <p className="notice warn">{t('search.chart.cut')}</p>}
      {data && (
        <RowsPlot
          data={data}
          columns={columns}
          group={group}
          chosen={chosen}
          choose={setFigure}
          open={group && ((row, start) => show({ ...row, '@timestamp': new Date(start).toISOString() }))}
          setRange={setRange}
        />
      )}
      <div className="data-table">
        <table aria-label={t('search.title')}>
          <thead>
            <tr>
              {columns.map(({ name, kind }) => <th key={name} scope="col" className={kind === 'number' ? 'number' : ''}><Untrusted value={name} /></th>)}
              {group && <th className="min"><span className="unseen">{t('search.rowOpen')}</span></th>}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, mostRows).map((row, i) => (
              <tr key={i}>
                {columns.map((column) => (
                  <td key={column.name} className={column.kind === 'number' ? 'number' : 'wide'}>
                    <Cell row={row} column={column} />
                  </td>
                ))}
                {group && <td className="min"><button type="button" className="act" title={t('search.rowOpen')} aria-label={t('search.rowOpen')} onClick={() => show(row)}>›</button></td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > mostRows && <p className="soft">{t('search.rowsListed', { count: mostRows })}</p>}
    </div>
  );
}

function latestFirst(rows: FlatEvent[]): FlatEvent[] {
  const at = (row: FlatEvent) => asText(row['@timestamp']);
  return [...rows].sort((a, b) => (at(a) < at(b) ? 1 : at(a) > at(b) ? -1 : 0));
}

function Cell({ row, column }: { row: FlatEvent; column: RowColumn }) {
  const { i18n } = useTranslation();
  const text = asText(row[column.name]);
  if (text === '') return <span className="faint">–</span>;
  if (column.kind === 'time') return <At at={text} fine />;
  if (column.kind === 'text') return <code><Value field={column.name} value={text} /></code>;
  const value = numeric(text);
  const shown = value === undefined ? text : new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 3 }).format(value);
  return (
    <span className="row-number">
      {column.most > 0 && value !== undefined && <i className="row-bar" style={{ width: `${Math.max(0, (value / column.most) * 100)}%` }} />}
      <span>{shown}</span>
    </span>
  );
}
