import type { FlatEvent } from '../client';
import { asText } from '../kit/fields';

const common = ['event.dataset', 'host.name'];
const telling = [
  'user.name', 'source.ip', 'destination.ip', 'destination.port', 'event.action', 'event.outcome', 'http.request.method', 'http.response.status_code', 'url.path',
  'process.name', 'process.command_line', 'dns.question.name', 'rule.name', 'winlog.event_id', 'file.path',
];
const enough = 0.6; // of the events must have a field for it to be worth a column
const most = 3; // of the telling ones

/**
 * Columns for events nobody chose columns for: where it comes from, up to three fields that most of them have, and the message.
 * A field with one value throughout says nothing and is left out.
 */
export function defaultColumns(events: FlatEvent[]): string[] {
  const usual = common.filter((field) => events.length === 0 || events.some((event) => field in event));
  const chosen = telling
    .filter((field) => share(events, field) >= enough && varies(events, field))
    .slice(0, most);
  return [...usual, ...chosen, 'message'];
}

function share(events: FlatEvent[], field: string): number {
  return events.length === 0 ? 0 : events.filter((event) => asText(event[field]) !== '').length / events.length;
}

function varies(events: FlatEvent[], field: string): boolean {
  return new Set(events.map((event) => asText(event[field]))).size > 1;
}

const wide = new Set(['message', 'event.original', 'process.command_line', 'url.original']);
const narrow = /(?:^|\.)(?:port|pid|code|method|status_code|outcome|level|event_id|type|transport|bytes)$/;

/** What is left of columns nobody chose where a record stands beside them. */
export function fewColumns(columns: string[]): string[] {
  return columns.filter((field) => field === 'host.name' || field === 'message');
}

/** How wide a column is, as a track of CSS grid. */
export function columnWidth(field: string): string {
  if (wide.has(field)) return 'minmax(260px, 5fr)';
  if (narrow.test(field)) return 'minmax(72px, .5fr)';
  return 'minmax(96px, 1fr)';
}

/** How narrow the columns may get together, in px: beyond that the table scrolls sideways. */
export function narrowest(columns: string[]): number {
  return columns.reduce((sum, field) => sum + Number(/\d+/.exec(columnWidth(field))?.[0] ?? 0), 0);
}

/** The text of a cell; a record without a message shows itself. */
export function cellText(event: FlatEvent, field: string): string {
  const text = asText(event[field]);
  return field === 'message' && text === '' ? asText(event['event.original']) : text;
}

export function moved(columns: string[], field: string, step: -1 | 1): string[] {
  const at = columns.indexOf(field);
  const to = at + step;
  if (at < 0 || to < 0 || to >= columns.length) return columns;
  const next = [...columns];
  next.splice(at, 1);
  next.splice(to, 0, field);
  return next;
}

export function toggled(columns: string[], field: string): string[] {
  if (columns.includes(field)) return columns.filter((each) => each !== field);
  const message = columns.indexOf('message');
  return message < 0 ? [...columns, field] : [...columns.slice(0, message), field, ...columns.slice(message)];
}
