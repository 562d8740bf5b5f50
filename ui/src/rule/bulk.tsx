import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ask, client } from '../client';
import { useHotkeys } from '../kit/hotkeys';
import { count } from '../kit/number';
import { useWords } from '../kit/states';
import { rulesKey } from './queries';
import { mostPicked, type Picked } from './use-picked';

const moves = [{ to: 'enabled', key: 'e' }, { to: 'shadow', key: 's' }, { to: 'deprecated', key: 'd' }] as const;
type To = (typeof moves)[number]['to'];

interface Wanted {
  to: To;
  /** Rules of which it was said that correlations lose them. */
  confirmed?: string[];
}

interface Props {
  picked: Picked;
  total: number;
}

/** What can be done with the picked rules, and what became of it, above the end of the list. */
export function BulkBar({ picked, total }: Props) {
  const { t, i18n } = useTranslation();
  const words = useWords();
  const queries = useQueryClient();
  const n = (value: number) => count(value, i18n.language);
  const { ids } = picked;
  const change = useMutation({
    mutationFn: ({ to, confirmed }: Wanted) => ask(client.POST('/api/v1/rules/states', { body: { ids: confirmed ?? [...ids], state: to, reason: '', confirm: confirmed !== undefined } })),
    onSuccess: async () => {
      picked.clear();
      await Promise.all([queries.invalidateQueries({ queryKey: rulesKey }), queries.invalidateQueries({ queryKey: ['rule'] })]);
    },
  });
  const run = (to: To, confirmed?: string[]) => !change.isPending && change.mutate({ to, confirmed });
  useHotkeys(ids.length === 0 ? {} : {
    ...Object.fromEntries(moves.map(({ to, key }) => [key, { run: () => run(to), what: t(`rule.bulk.${to}`) }])),
    Escape: { run: picked.clear, what: t('triage.clear') },
  });
  const rows = change.data?.results ?? [];
  const done = rows.filter((row) => row.changed).length;
  const bad = rows.filter((row) => row.code !== '');
  const unconfirmed = bad.filter((row) => row.code === 'unconfirmed').map((row) => row.id);
  const failed = bad.length > 0 || change.error !== null;
  return (
    <div className="action-bar">
      <div role="status" aria-live="polite">
        {ids.length === 0 && (change.data || change.error) && (
          <div className={`bar said ${failed ? 'bad' : ''}`}>
            <span>
              {change.error && words(change.error)}
              {change.data && change.variables && (done > 0 ? t(`rule.bulk.done.${change.variables.to}`, { count: done, shown: n(done) }) : t('rule.bulk.nothing'))}
              {bad.length > 0 && <> {t('rule.bulk.failed', { count: bad.length, shown: n(bad.length) })} <span className="soft">{[...new Set(bad.map(({ detail }) => detail))].slice(0, 2).join(' · ')}</span></>}
            </span>
            {unconfirmed.length > 0 && change.variables && (
              <button type="button" className="act" disabled={change.isPending} onClick={() => change.variables && run(change.variables.to, unconfirmed)}>{t('rule.together.anywayOf', { count: unconfirmed.length, shown: n(unconfirmed.length) })}</button>
            )}
            <button type="button" className="plain" aria-label={t('kit.close')} onClick={() => change.reset()}>✕</button>
          </div>
        )}
      </div>
      {ids.length > 0 && (
        <div className="bar" role="toolbar" aria-label={t('rule.bulk.label')}>
          <b>{t('rule.bulk.picked', { count: ids.length, shown: n(ids.length) })}</b>
          {moves.map(({ to, key }) => (
            <button key={to} type="button" className={`act ${to === 'enabled' ? 'primary' : ''}`} disabled={change.isPending} onClick={() => run(to)}>{t(`rule.bulk.${to}`)} <kbd>{key}</kbd></button>
          ))}
          {ids.length < Math.min(total, mostPicked) && <button type="button" className="plain" onClick={picked.all}>{t('rule.bulk.all')}</button>}
          <button type="button" className="plain" onClick={picked.clear}>{t('triage.clear')} <kbd>Esc</kbd></button>
        </div>
      )}
    </div>
  );
}
