import { useTranslation } from 'react-i18next';
import { useHotkeys } from '../kit/hotkeys';
import { count } from '../kit/number';
import type { Held } from './held';

/** Says that a list could be drawn anew, and does so. */
export function Renew({ held }: { held: Pick<Held<unknown>, 'news' | 'stale' | 'renew'> }) {
  const { t, i18n } = useTranslation();
  useHotkeys(held.stale ? { n: { run: held.renew, what: t('overview.renew') } } : {});
  if (!held.stale) return null;
  return (
    <button type="button" className="ov-renew" onClick={held.renew}>
      {held.news > 0 ? t('overview.news', { count: held.news, shown: count(held.news, i18n.language) }) : t('overview.renew')} <kbd>n</kbd>
    </button>
  );
}
