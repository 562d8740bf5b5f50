import { useQueries, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import type { Rule, RulePage } from '../client';
import type { RuleQuery } from './params';
import { pageSize, rulesQuery } from './queries';

/** What names a row: several refused rules may lack an id or share one. */
export function rowKey(rule: Rule): string {
  return rule.state === 'refused' ? `${rule.pack}/${rule.path}/${rule.id}` : rule.id;
}

/** The pages that rows stand on besides the first, with those known before, rising. */
export function pagesOf(known: readonly number[], first: number, end: number): readonly number[] {
  const all = new Set(known);
  for (let page = Math.floor(first / pageSize); page * pageSize < end; page++) if (page > 0) all.add(page);
  return all.size === known.length ? known : [...all].sort((a, b) => a - b);
}

/** Rows in their places: as many places as there are, filled as far as pages are loaded. */
export function placed<T>(total: number, pages: readonly { page: number; items: readonly T[] }[]): (T | undefined)[] {
  const all = new Array<T | undefined>(total).fill(undefined);
  for (const { page, items } of pages) items.forEach((row, i) => page * pageSize + i < total && (all[page * pageSize + i] = row));
  return all;
}

/** All rules that fit; pages are loaded when they are first seen. */
export function useRules(query: RuleQuery) {
  const of = JSON.stringify(query);
  const [visited, setVisited] = useState<{ of: string; pages: readonly number[] }>({ of, pages: [] });
  const pages = visited.of === of ? visited.pages : none;
  const onSeen = useCallback((first: number, end: number) => setVisited((before) => {
    const next = pagesOf(before.of === of ? before.pages : none, first, end);
    return before.of === of && next === before.pages ? before : { of, pages: next };
  }), [of]);
  const main = useQuery(rulesQuery(query, 0));
  const page = main.data;
  const total = page?.total ?? 0;
  const combine = useCallback((results: UseQueryResult<RulePage>[]) => placed(total, [
    { page: 0, items: page?.items ?? [] },
    ...results.flatMap(({ data }, i) => (data ? [{ page: pages[i] ?? 0, items: data.items }] : [])),
  ]), [page, pages, total]);
  const rows = useQueries({ queries: pages.map((each) => rulesQuery(query, each)), combine });
  return { rows: page && rows, page, error: main.error, retry: () => void main.refetch(), onSeen };
}

const none: readonly number[] = [];
