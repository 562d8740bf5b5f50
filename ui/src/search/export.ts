import i18next from 'i18next';
import { Problem } from '../client';
import type { Order, Question } from './queries';

export interface ExportAsk {
  question: Question;
  order: Order;
  format: 'csv' | 'jsonl';
  /** Columns of a CSV; none means all. */
  fields: string[];
}

export interface Exported {
  bytes: number;
  cut: boolean;
}

const cutMark = /(?:^|\n)(?:iSOC export: |\{"isoc\.export":")[^\n]*\n?$/;

/** Whether the end of a file says that it does not hold everything. */
export function saysCut(end: string): boolean {
  return cutMark.test(end);
}

/** Reads the file from the server as it is made, and hands it to the browser to save. */
export async function exportEvents(ask: ExportAsk, progress: (bytes: number) => void, signal: AbortSignal): Promise<Exported> {
  const response = await fetch('/api/v1/search/export', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Accept-Language': i18next.language },
    body: JSON.stringify({ ...ask.question, order: ask.order, format: ask.format, fields: ask.fields }),
    signal,
  }).catch((cause: unknown) => {
    throw signal.aborted ? cause : Problem.unreachable();
  });
  if (!response.ok || !response.body) throw Problem.from(response.status, await response.json().catch(() => undefined));
  const reader = response.body.getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    bytes += value.length;
    progress(bytes);
  }
  const blob = new Blob(parts, { type: response.headers.get('Content-Type') ?? '' });
  save(blob, /filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') ?? '')?.[1] ?? `isoc-events.${ask.format}`);
  return { bytes, cut: saysCut(await blob.slice(-300).text()) };
}

function save(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** The search as a command for a shell. The token is the reader's own to put in. */
export function curl(origin: string, question: Question, order: Order): string {
  const body = JSON.stringify({ tenants: question.tenants, query: question.query, from: question.from, to: question.to, limit: 100, order });
  const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  return `curl -sS ${quoted(`${origin}/api/v1/search`)} -H 'Authorization: Bearer YOUR_TOKEN' -H 'Content-Type: application/json' -d ${quoted(body)}`;
}
