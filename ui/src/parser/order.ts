import type { Parser } from '../client';
import { fits } from '../kit/fuzzy';
import type { ParsersParams } from './params';
import { wordsOf } from './names';

const byVendor = (a: Parser, b: Parser) => a.vendor.localeCompare(b.vendor) || a.product.localeCompare(b.product);

const compare: Record<NonNullable<ParsersParams['sort']>, (a: Parser, b: Parser) => number> = {
  use: (a, b) => b.use.events - a.use.events || Number(a.id === '') - Number(b.id === '') || byVendor(a, b),
  vendor: byVendor,
  formats: (a, b) => b.formats - a.formats || byVendor(a, b),
  last: (a, b) => Date.parse(b.use.last_at ?? '1970-01-01') - Date.parse(a.use.last_at ?? '1970-01-01') || byVendor(a, b),
};

/** The rows of the catalogue that are asked for, in their order: what is looked for by words comes best first, unless an order is chosen. */
export function chosen(all: Parser[], params: ParsersParams, kindName: (kind: string) => string): Parser[] {
  const rows = all.filter((row) => (
    (!params.kind || row.kind === params.kind) && (!params.vendor || row.vendor === params.vendor)
    && (params.show !== 'used' || row.use.events > 0) && (params.show !== 'packs' || row.id !== '') && (params.show !== 'recognised' || row.id === '')
  ));
  const q = params.q?.trim();
  if (!q) return rows.sort(compare[params.sort ?? 'use']);
  const found = rows.map((row) => ({ row, score: fits(q, wordsOf(row, kindName(row.kind))) })).filter(({ score }) => score > 0);
  const order = params.sort && compare[params.sort];
  return found.sort((a, b) => (order ? order(a.row, b.row) : b.score - a.score || compare.use(a.row, b.row))).map(({ row }) => row);
}
