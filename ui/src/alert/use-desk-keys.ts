import { useTranslation } from 'react-i18next';
import { typing, useHotkeys, type Keys } from '../kit/hotkeys';
import type { Action } from './judge';
import { isGroup, type Desk, type Line } from './use-desk';
import type { News } from './use-news';
import type { Picking } from './use-picking';
import type { PreviewState } from './use-preview';

interface Options {
  judges: boolean;
  act: (action: Action) => void;
  setForm: (form: 'close' | 'assign' | undefined) => void;
  picking: Picking;
  preview: PreviewState;
  desk: Desk;
  line: Line | undefined;
  hasTarget: boolean;
  undo: () => void;
  news: News | undefined;
  dismiss: () => void;
}

/** The keys of the queue. Moving, picking by x and opening are the table's own. */
export function useDeskKeys({ judges, act, setForm, picking, preview, desk, line, hasTarget, undo, news, dismiss }: Options): void {
  const { t } = useTranslation();
  const toggle = () => preview.set(!preview.open);
  const fold = (to: boolean) => (event: KeyboardEvent) => {
    if (!line || !isGroup(line) || desk.open.has(line.key) === to) return;
    event.preventDefault();
    desk.toggle(line.key, to);
  };
  const keys: Keys = {
    p: { run: toggle, what: t('triage.key.preview') },
    o: toggle,
    ' ': (event) => {
      if (event.target instanceof Element && event.target.closest('a, button, summary, [role=button], [role=separator]')) return;
      event.preventDefault();
      toggle();
    },
    n: { run: () => (news || desk.drifted) && desk.refresh(), what: t('triage.key.news') },
    ArrowRight: fold(true),
    ArrowLeft: fold(false),
    Escape: { run: () => (picking.count > 0 || picking.gathering ? picking.clear() : dismiss()), what: t('triage.key.clear') },
  };
  const judging: Keys = {
    e: { run: () => hasTarget && act({ kind: 'acknowledge' }), what: t('triage.key.acknowledge') },
    a: { run: (event) => ask(event, 'assign'), what: t('triage.key.assign') },
    i: { run: () => hasTarget && act({ kind: 'investigate' }), what: t('triage.key.investigate') },
    c: { run: (event) => ask(event, 'close'), what: t('triage.key.close') },
    u: { run: undo, what: t('triage.key.undo') },
    'Mod+a': {
      run: (event) => {
        if (typing(event.target)) return;
        event.preventDefault();
        picking.all();
      },
      what: t('triage.key.all'),
    },
  };
  function ask(event: KeyboardEvent, form: 'close' | 'assign') {
    if (!hasTarget) return;
    event.preventDefault(); // the key is not the first letter of the form
    setForm(form);
  }
  useHotkeys(judges ? { ...keys, ...judging } : keys);
}
