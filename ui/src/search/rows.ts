import type { FlatEvent } from '../client';
import { asText } from '../kit/fields';

export interface RowColumn {
  name: string;
  kind: 'number' | 'time' | 'text';
  /** Greatest number of the column. */
  most: number;
}

const mostColumns = 50;
const noMeasure = /(?:^|\.)(?:port|code|status_code|pid|ppid|event_id|id|uid|gid)$/;

/** Whether the numbers of a field measure something, and do not name it. */
export function measures(name: string): boolean {
  return !noMeasure.test(name);
}

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** A number as a calculation gives it; undefined for any other text, so that an id or a version stays what it is. */
export function numeric(text: string): number | undefined {
  return /^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

/** The columns of calculated rows: what they were grouped by first, then the numbers; each as the query names them. */
export function columnsOfRows(rows: FlatEvent[], query = ''): RowColumn[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].slice(0, mostColumns);
  const columns = names.map((name): RowColumn => {
    const values = rows.map((row) => asText(row[name])).filter((text) => text !== '');
    if (values.length > 0 && values.every((text) => time.test(text))) return { name, kind: 'time', most: 0 };
    const numbers = values.map(numeric);
    const all = values.length > 0 && numbers.every((value) => value !== undefined) && measures(name);
    return { name, kind: all ? 'number' : 'text', most: all ? numbers.reduce<number>((most, value) => Math.max(most, value ?? 0), 0) : 0 };
  });
  const order = { time: 0, text: 1, number: 2 };
  const place = (name: string) => (query.includes(name) ? query.indexOf(name) : query.length);
  return columns.sort((a, b) => order[a.kind] - order[b.kind] || place(a.name) - place(b.name));
}
