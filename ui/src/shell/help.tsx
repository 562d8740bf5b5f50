import { useTranslation } from 'react-i18next';
import { keyCaps, useHotkeyList, type Listed } from '../kit/hotkeys';
import { Overlay } from '../kit/overlay';

/** Every key that works on this screen just now, as registered. */
export function Help({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const all = useHotkeyList();
  const isGo = ({ key }: Listed) => key.startsWith('g ');
  const parts = [
    { title: t('shell.help.page'), keys: all.filter((each) => each.scope === 'page') },
    { title: t('shell.help.everywhere'), keys: all.filter((each) => each.scope === 'everywhere' && !isGo(each)) },
    { title: t('shell.help.go'), keys: all.filter((each) => each.scope === 'everywhere' && isGo(each)) },
  ];
  return (
    <Overlay label={t('shell.help.title')} className="help" close={close}>
      <div className="help-head">
        <h2>{t('shell.help.title')}</h2>
        <button type="button" className="plain-button" data-autofocus onClick={close}>{t('kit.close')}</button>
      </div>
      <div className="help-parts">
        {parts.filter(({ keys }) => keys.length > 0).map(({ title, keys }) => (
          <section key={title}>
            <h3 className="soft">{title}</h3>
            <dl>
              {keys.map(({ key, what }) => (
                <div key={key}>
                  <dt>{keyCaps(key).map((cap) => <kbd key={cap}>{cap}</kbd>)}</dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Overlay>
  );
}
