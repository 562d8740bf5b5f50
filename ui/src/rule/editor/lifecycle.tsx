import { useQuery } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type RuleMove, type RuleStanding } from '../../client';
import { Flyout } from '../../kit/flyout';
import { revealed } from '../../kit/reveal';
import { useChange } from '../../kit/use-change';
import { Untrusted } from '../../kit/untrusted';
import { rulesKey } from '../queries';
import { LosesPart } from '../together';
import { standingQuery } from './queries';

const known = ['draft', 'testing', 'shadow', 'enabled', 'deprecated', 'off', 'refused'] as const;

export function useStateWord(): (state: string) => string {
  const { t } = useTranslation();
  return (state) => {
    const name = known.find((each) => each === state);
    return name ? t(`rule.state.${name}`) : state;
  };
}

/** The state of the rule and where it may go from here; what it may not, with the reasons. */
export function Lifecycle({ id, changed }: { id: string; changed: boolean }) {
  const { t } = useTranslation();
  const word = useStateWord();
  const standing = useQuery(standingQuery(id));
  const { state, moves, used_by: uses } = standing.data ?? { state: undefined, moves: [], used_by: [] };
  if (state === undefined) return null;
  return (
    <Flyout label={t('editor.state.title')} button={t('editor.state.is', { state: word(state) })} align="end" onOpen={(open) => open && void standing.refetch()}>
      {(close) => (
        <div className="stack lifecycle">
          {changed && <p className="notice warn">{t('editor.state.unsaved')}</p>}
          {moves.length === 0 && <p className="soft">{t('editor.state.nowhere')}</p>}
          {moves.map((move) => <Move key={move.to} id={id} move={move} uses={state === 'enabled' ? uses : []} close={close} />)}
        </div>
      )}
    </Flyout>
  );
}

function Move({ id, move, uses, close }: { id: string; move: RuleMove; uses: RuleStanding['used_by']; close: () => void }) {
  const { t } = useTranslation();
  const word = useStateWord();
  const [reason, setReason] = useState('');
  const [asked, setAsked] = useState(false);
  const to = known.find((each) => each === move.to);
  const change = useChange({
    run: () => ask(client.PUT('/api/v1/rules/{id}/state', { params: { path: { id } }, body: { state: move.to as 'draft', reason, confirm: uses.length > 0 } })),
    stale: [['rule', id], rulesKey],
    done: t('editor.state.moved', { state: word(move.to) }),
    then: close,
  });
  return (
    <div className="lifecycle-move">
      <div className="row tight">
        <Button size="small" disabled={!move.allowed} loading={change.isPending} onClick={() => (asked ? change.mutate() : setAsked(true))} aria-expanded={asked}>{word(move.to)}</Button>
        {to && to !== 'off' && to !== 'refused' && <span className="soft">{t(`editor.state.means.${to}`)}</span>}
      </div>
      {!move.allowed && <ul className="plain-list dotted bad-text">{move.reasons.map((each, i) => <li key={i}><Untrusted value={each.message} /></li>)}</ul>}
      {asked && uses.length > 0 && <div className="notice warn"><LosesPart uses={uses} /></div>}
      {asked && move.allowed && (
        <form className="row tight" onSubmit={(event) => (event.preventDefault(), change.mutate())}>
          <Input autoFocus size="small" maxLength={2000} aria-label={t('editor.state.reason')} placeholder={t('editor.state.reason')} value={reason} onChange={(event) => setReason(event.target.value)} />
          <Button size="small" type="primary" htmlType="submit" loading={change.isPending}>{t('editor.state.go', { state: revealed(word(move.to)) })}</Button>
        </form>
      )}
    </div>
  );
}
