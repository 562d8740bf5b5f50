import { useTranslation } from 'react-i18next';
import { useHotkeys } from '../kit/hotkeys';
import { count } from '../kit/number';
import type { Live } from './live';

/** How the live view stands: running or paused, what waits, what was left out. Space pauses. */
export function LiveBar({ live, pause }: { live: Live; pause: (paused: boolean) => void }) {
  const { t, i18n } = useTranslation();
  useHotkeys({
    ' ': (event) => {
      if (event.target instanceof Element && event.target.closest('button, a, [role=button]')) return;
      event.preventDefault();
      pause(!live.paused);
    },
  });
  const state = live.state === 'ended' ? t('search.liveEnded') : live.state === 'connecting' ? t('search.liveConnecting') : live.paused ? t('search.livePaused') : live.rows.length === 0 ? t('search.liveWaiting') : t('search.liveOn');
  return (
    <span className="row">
      <span className={`live-sign ${live.state === 'on' && !live.paused ? 'on' : ''}`} aria-hidden="true">{live.paused ? '‖' : '●'}</span>
      <span role="status">{state}</span>
      {live.state !== 'ended' && <button type="button" className="plain-button" onClick={() => pause(!live.paused)}>{live.paused ? t('search.liveResume') : t('search.livePause')}</button>}
      {live.held.length > 0 && <button type="button" className="plain-button strong" onClick={() => pause(false)}>{t('search.liveNew', { count: live.held.length, shown: count(live.held.length, i18n.language) })}</button>}
      {live.skipped > 0 && <span className="soft">{t('search.liveSkipped', { count: live.skipped })}</span>}
    </span>
  );
}
