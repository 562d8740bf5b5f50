import { useTranslation } from 'react-i18next';
import { count } from '../kit/number';
import { AssignForm } from './assign-form';
import { CloseForm } from './close-form';
import type { Action, Person } from './judge';
import { mostPicked } from './selection';
import type { Outcome, Progress } from './use-judge';

interface Props {
  picked: number;
  /** Alerts that a form or a button is about: the picked ones, or the active one. */
  target: number;
  total: number | undefined;
  form: 'close' | 'assign' | undefined;
  setForm: (form: 'close' | 'assign' | undefined) => void;
  people: readonly Person[] | undefined;
  act: (action: Action) => void;
  pickAll: () => void;
  clear: () => void;
  gathering: { done: number; of: number } | undefined;
  progress: Progress | undefined;
  outcome: Outcome | undefined;
  dismiss: () => void;
  again: () => void;
  undo: () => void;
}

/** What can be done with the picked alerts and what became of it, above the end of the list: rows never move for it. */
export function ActionBar(props: Props) {
  const { picked, target, total, form, setForm, people, act, pickAll, clear, gathering, progress, outcome } = props;
  const { t, i18n } = useTranslation();
  const shown = (value: number) => count(value, i18n.language);
  const what = t('triage.alerts', { count: target, shown: shown(target) });
  return (
    <div className="action-bar">
      {form === 'close' && <CloseForm what={what} cancel={() => setForm(undefined)} close={(verdict, reason) => act({ kind: 'close', verdict, reason })} />}
      {form === 'assign' && <AssignForm what={what} people={people} cancel={() => setForm(undefined)} assign={(person) => act({ kind: 'assign', person })} />}
      <div role="status" aria-live="polite">
        {outcome && !form && <Said {...props} outcome={outcome} />}
        {progress && (
          <div className="bar">
            <span>{t('triage.progress', { done: shown(progress.done), of: shown(progress.of) })}</span>
            <progress value={progress.done} max={progress.of} aria-label={t('triage.progress', { done: shown(progress.done), of: shown(progress.of) })} />
            <button type="button" className="act" onClick={progress.stop}>{t('triage.stop')}</button>
          </div>
        )}
        {gathering && <div className="bar">{t('triage.gathering', { done: shown(gathering.done), of: shown(gathering.of) })}</div>}
      </div>
      {picked > 0 && !form && !progress && (
        <div className="bar" role="toolbar" aria-label={t('triage.bulk')}>
          <b>{t('triage.picked', { count: picked, shown: shown(picked) })}</b>
          <button type="button" className="act primary" onClick={() => act({ kind: 'acknowledge' })}>{t('triage.do.acknowledge')} <kbd>e</kbd></button>
          <button type="button" className="act" onClick={() => setForm('assign')}>{t('triage.do.assign')} <kbd>a</kbd></button>
          <button type="button" className="act" onClick={() => act({ kind: 'investigate' })}>{t('triage.do.investigate')} <kbd>i</kbd></button>
          <button type="button" className="act" onClick={() => setForm('close')}>{t('triage.do.close')} <kbd>c</kbd></button>
          {total !== undefined && picked < total && <button type="button" className="plain" onClick={pickAll}>{t('triage.pickAll', { shown: shown(total) })}</button>}
          {picked > mostPicked && <span className="soft">{t('triage.noUndo')}</span>}
          <button type="button" className="plain" onClick={clear}>{t('triage.clear')} <kbd>Esc</kbd></button>
        </div>
      )}
    </div>
  );
}

function Said({ outcome, dismiss, again, undo }: Pick<Props, 'dismiss' | 'again' | 'undo'> & { outcome: Outcome }) {
  const { t, i18n } = useTranslation();
  const { kind, changed, failed, skipped, broken } = outcome;
  const bad = failed.length > 0 || broken !== undefined;
  return (
    <div className={`bar said ${bad ? 'bad' : ''}`}>
      <span>
        {(changed > 0 || !bad) && (changed === 0 ? t('triage.nothing') : t(`triage.done.${kind}`, { count: changed, shown: count(changed, i18n.language) }))}
        {skipped > 0 && changed > 0 && <span className="soft"> {t('triage.skipped', { count: skipped })}</span>}
        {failed.length > 0 && <> {t('triage.failed', { count: failed.length })} <span className="soft">{[...new Set(failed.map(({ detail }) => detail))].slice(0, 2).join(' · ')}</span></>}
        {broken !== undefined && <> {broken}</>}
      </span>
      {outcome.action && outcome.missed.length > 0 && <button type="button" className="act" onClick={again}>{t('kit.retry')}</button>}
      {outcome.back.length > 0 && <button type="button" className="act" onClick={undo}>{t('triage.undo')} <kbd>u</kbd></button>}
      <button type="button" className="plain" aria-label={t('kit.close')} onClick={dismiss}>✕</button>
    </div>
  );
}
