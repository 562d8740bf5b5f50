import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Overlay } from '../kit/overlay';
import { PickList } from '../kit/pick-list';
import { usePaletteItems } from './palette-items';
import { usePaletteSearch } from './palette-search';

/** One field to go anywhere, find anything and do most things, without a hand on the mouse. */
export function Palette({ close, help }: { close: () => void; help: () => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const known = usePaletteItems(typed, close, help);
  const found = usePaletteSearch(typed, close);
  return (
    <Overlay label={t('shell.palette.title')} className="palette" close={close}>
      <PickList
        label={t('shell.palette.title')}
        placeholder={t('shell.palette.placeholder')}
        query={typed}
        onQuery={setTyped}
        groups={[...known, ...found.groups]}
        busy={found.busy}
        empty={found.busy ? t('kit.loading') : t('shell.palette.none')}
      />
      <p className="palette-foot soft">
        <span><kbd>↑</kbd> <kbd>↓</kbd> {t('shell.palette.move')}</span>
        <span><kbd>Enter</kbd> {t('kit.key.open')}</span>
        <span><kbd>Esc</kbd> {t('kit.close')}</span>
      </p>
    </Overlay>
  );
}
