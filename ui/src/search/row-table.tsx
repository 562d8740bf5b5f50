import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { FlatEvent } from '../client';
import { asText } from '../kit/fields';
import '../kit/data-table.css';
import { At } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { Value } from '../kit/value-menu';
import { columnsOfRows, numeric, type RowColumn } from './rows';

const mostRows = 1000; // shown; the export has all

/** Rows of a calculation: numbers to the right, the first of them with a bar as long as its share of the greatest. */
export function RowTable({ rows, query }: { rows: FlatEvent[]; query: string }) {
  const { t } = useTranslation();
  const columns = useMemo(() => columnsOfRows(rows, query), [rows, query]);
  const barred = columns.find((column) => column.kind === 'number');
  return (
    <div className="data-table">
      <table aria-label={t('search.title')}>
        <thead>
          <tr>{columns.map(({ name, kind }) => <th key={name} scope="col" className={kind === 'number' ? 'number' : ''}><Untrusted value={name} /></th>)}</tr>
        </thead>
        <tbody>
          {rows.slice(0, mostRows).map((row, i) => (
            <tr key={i}>
              {columns.map((column) => (
                <td key={column.name} className={column.kind === 'number' ? 'number' : 'wide'}>
                  <Cell row={row} column={column} bar={column === barred} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ row, column, bar }: { row: FlatEvent; column: RowColumn; bar: boolean }) {
  const { i18n } = useTranslation();
  const text = asText(row[column.name]);
  if (text === '') return <span className="faint">–</span>;
  if (column.kind === 'time') return <At at={text} fine />;
  if (column.kind === 'text') return <code><Value field={column.name} value={text} /></code>;
  const value = numeric(text);
  const shown = value === undefined ? text : new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 3 }).format(value);
  return (
    <span className="row-number">
      {bar && column.most > 0 && value !== undefined && <i className="row-bar" style={{ width: `${Math.max(0, (value / column.most) * 100)}%` }} />}
      <span>{shown}</span>
    </span>
  );
}
