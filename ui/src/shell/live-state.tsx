import { useTranslation } from 'react-i18next';
import { useLiveState } from '../kit/live';

// Told apart by shape too: full, half, crossed.
const shapes = {
  live: <circle cx="6" cy="6" r="4.5" fill="currentColor" />,
  connecting: <><circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.4" /><path d="M6 2a4 4 0 0 1 0 8z" fill="currentColor" /></>,
  off: <><circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.4" /><path d="M3 9 9 3" stroke="currentColor" strokeWidth="1.4" /></>,
};

/** Whether what stands on the screen keeps itself up to date at once. */
export function LiveState() {
  const { t } = useTranslation();
  const state = useLiveState();
  const name = t(`shell.live.${state}`);
  return (
    <span className={`live-state ${state}`} role="status" title={t(`shell.live.${state}Text`)}>
      <svg viewBox="0 0 12 12" width="10" height="10" aria-hidden="true">{shapes[state]}</svg>
      <span className="wide-text">{name}</span>
    </span>
  );
}
