import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, Problem, type AlertDetail, type AlertMove } from '../../client';
import { ExceptionDrawer } from '../../except/drawer';
import { useCan } from '../../identity/session';
import { useHotkeys, type Keys } from '../../kit/hotkeys';
import { At } from '../../kit/time';
import { useChange } from '../../kit/use-change';
import { states, type State } from '../params';
import { alertQuery, alertsKey } from '../queries';
import { AssignField } from './assign';
import { CloseForm } from './close';

interface Props {
  alert: AlertDetail;
  /** Whether an exception is being drafted from the alert, as the URL has it. */
  excepting: boolean;
  setExcepting: (on: boolean) => void;
}

/** What can be done with the alert: buttons, keys, and the form for a verdict right below them. */
export function Judge({ alert, excepting: asked, setExcepting }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [form, setForm] = useState<'close' | 'assign'>();
  const tune = useCan()('rule.tune');
  const excepting = tune && asked;
  const exceptAfter = useRef(false);
  const [conflict, setConflict] = useState<Problem>();
  const pressed = useRef<State>(undefined); // while the last change was being saved
  const key = alertQuery(alert.id).queryKey;
  // What was opened while a change was being saved stays open when that is done.
  const leave = (which: 'close' | 'assign') => setForm((now) => (now === which ? undefined : now));
  const caught = (error: unknown) => {
    if (!(error instanceof Problem) || error.status !== 409) return false;
    setForm(undefined);
    pressed.current = undefined;
    setConflict(error);
    return true;
  };
  const move = useChange({
    run: (body: AlertMove) => ask(client.POST('/api/v1/alerts/{id}/transitions', { params: { path: { id: alert.id } }, body })),
    stale: [key, alertsKey], done: t('alert.moved'), then: () => {
      leave('close');
      if (exceptAfter.current) setExcepting(true);
      exceptAfter.current = false;
    }, caught,
  });
  const hand = useChange({
    run: (assignee: string) => ask(client.POST('/api/v1/alerts/{id}/assign', { params: { path: { id: alert.id } }, body: { assignee, version: alert.version } })),
    stale: [key, alertsKey], done: t('alert.assigned'), then: () => leave('assign'), caught,
  });
  const busy = move.isPending || hand.isPending;
  const go = (to: State) => {
    if (busy) {
      pressed.current = to;
      return;
    }
    if (!alert.moves.includes(to)) return;
    if (to === 'closed') setForm('close');
    else move.mutate({ to, version: alert.version });
  };
  useEffect(() => {
    const to = pressed.current;
    if (busy || to === undefined) return;
    pressed.current = undefined;
    go(to);
  });
  const keys: Keys = {};
  const offered = states.filter((state) => alert.moves.includes(state));
  for (const to of offered) {
    const letter = letterOf(alert.state, to);
    if (letter) keys[letter] = { what: t(wordOf(alert.state, to)), run: (event) => { event.preventDefault(); go(to); } };
  }
  const assigns = alert.state !== 'closed';
  if (assigns) keys.a = { what: t('alert.assign'), run: (event) => { event.preventDefault(); setForm('assign'); } };
  if (tune) keys.x = { what: t('except.fromAlert'), run: (event) => { event.preventDefault(); setExcepting(true); } };
  useHotkeys(conflict || excepting ? {} : keys);
  if (conflict) {
    return <Conflict problem={conflict} reload={() => { setConflict(undefined); void queries.invalidateQueries({ queryKey: key }); }} />;
  }
  return (
    <div className="judge">
      <div className="row judge-actions">
        {offered.map((to) => (
          <Button
            key={to}
            type={to === primary(alert.state) && form === undefined ? 'primary' : 'default'}
            loading={move.isPending && move.variables.to === to}
            disabled={busy}
            aria-expanded={to === 'closed' ? form === 'close' : undefined}
            onClick={() => go(to)}
          >
            {t(wordOf(alert.state, to))}
            {letterOf(alert.state, to) && <kbd aria-hidden="true">{letterOf(alert.state, to)}</kbd>}
          </Button>
        ))}
        {assigns && (form === 'assign'
          ? <AssignField alert={alert} busy={hand.isPending} cancel={() => setForm(undefined)} assign={(username) => hand.mutate(username)} />
          : <Button disabled={busy} onClick={() => setForm('assign')}>{t('alert.assign')}<kbd aria-hidden="true">a</kbd></Button>)}
        {tune && <Button onClick={() => setExcepting(true)}>{t('except.fromAlert')}<kbd aria-hidden="true">x</kbd></Button>}
      </div>
      {form === 'close' && (
        <CloseForm
          busy={busy}
          cancel={() => setForm(undefined)}
          tune={tune}
          close={(verdict, reason, except) => {
            exceptAfter.current = except;
            move.mutate({ to: 'closed', verdict, reason, version: alert.version });
          }}
        />
      )}
      {excepting && <ExceptionDrawer from={{ alert: alert.id }} close={() => setExcepting(false)} />}
    </div>
  );
}

const moves = {
  new: 'alert.move.new', acknowledged: 'alert.move.acknowledged', investigating: 'alert.move.investigating', closed: 'alert.move.closed',
} as const;

/** The move in words; going back is not the same as getting there. */
function wordOf(from: State, to: State) {
  if (from === 'closed' && to === 'investigating') return 'alert.move.reopen' as const;
  if (from === 'investigating' && to === 'acknowledged') return 'alert.move.backToAcknowledged' as const;
  return moves[to];
}

function letterOf(from: State, to: State): string | undefined {
  if (to === 'closed') return 'c';
  if (to === 'investigating') return 'i';
  return to === 'acknowledged' && from === 'new' ? 'e' : undefined;
}

function primary(state: State): State {
  if (state === 'new') return 'acknowledged';
  return state === 'acknowledged' ? 'investigating' : 'closed';
}

function Conflict({ problem, reload }: { problem: Problem; reload: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="notice warn" role="alert">
      <p>{problem.by ? t('alert.conflict.by', { by: problem.by }) : t('alert.conflict.somebody')} <At at={problem.at} /></p>
      <p className="soft">{t('alert.conflict.text')}</p>
      <Button size="small" onClick={reload}>{t('alert.conflict.reload')}</Button>
    </div>
  );
}
