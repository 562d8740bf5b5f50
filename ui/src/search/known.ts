import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { count } from '../kit/number';
import type { Known } from './completion';
import type { Fault } from './editor';
import { indexOfByte } from './logsql';
import { checkQuery, fieldsQuery, valuesQuery, type Question } from './queries';

/** What an editor completes from, of the customers and the time at hand. */
export function useKnown(question: Question): Known {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  return useMemo((): Known => ({
    fields: () => queries.fetchQuery(fieldsQuery({ ...question, query: '' })),
    values: async (field, typed, signal) => {
      const prefix = typed === '' ? '' : `${JSON.stringify(field)}:~${JSON.stringify(`(?i)${typed.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`)}`;
      const options = valuesQuery({ ...question, query: prefix }, field, 30);
      signal.addEventListener('abort', () => void queries.cancelQueries({ queryKey: options.queryKey, exact: true }));
      return queries.fetchQuery({ ...options, retry: false });
    },
    words: (group, name) => {
      const key = name.replace(/\./g, '_').replace('@', '');
      if (!i18n.exists(`search.${group}.${key}`)) return undefined;
      switch (group) {
        case 'pipe': return t(`search.pipe.${key}` as 'search.pipe.stats');
        case 'filter': return t(`search.filter.${key}` as 'search.filter.in');
        case 'stats': return t(`search.stats.${key}` as 'search.stats.count');
        case 'op': return t(`search.op.${key}` as 'search.op.re');
        case 'ecs': return t(`search.ecs.${key}` as 'search.ecs.message');
      }
    },
    count: (n) => count(n, i18n.language),
  }), [i18n, queries, question, t]);
}

/** Asks the server whether a query can be understood. */
export function useCheck(): (query: string) => Promise<Fault | undefined> {
  const queries = useQueryClient();
  return useCallback(async (query: string): Promise<Fault | undefined> => {
    const fault = (await queries.fetchQuery(checkQuery(query))).errors[0];
    return fault && { at: indexOfByte(query, fault.position ?? 0), message: fault.message, hint: fault.hint ?? '' };
  }, [queries]);
}
