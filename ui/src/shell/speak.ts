import { useQueryClient } from '@tanstack/react-query';
import { ask, client } from '../client';
import { speak, type Language } from '../i18n';
import { meQuery } from '../identity/session';

/** Changes the language at once, and in the account where somebody is logged in. */
export function useSpeak(): (next: Language) => Promise<void> {
  const queries = useQueryClient();
  return async (next) => {
    await speak(next);
    if (!queries.getQueryData(meQuery.queryKey)) return;
    // The screen has changed already; an account that could not be reached keeps its language.
    await ask(client.PATCH('/api/v1/me', { body: { locale: next } })).catch(() => undefined);
  };
}
