import { useTranslation } from 'react-i18next';
import { language, languages } from '../i18n';
import { choices, choose, useChoice } from '../kit/theme';
import { useSpeak } from './speak';

/** Language and colours where nobody is logged in yet. Plain elements: the log-in loads nothing else. */
export function Preferences() {
  const { t } = useTranslation();
  const speak = useSpeak();
  const theme = useChoice();
  return (
    <>
      <div className="row tight" role="group" aria-label={t('shell.language')}>
        {languages.map(({ id, name }) => (
          <button key={id} type="button" className="plain-button bare" lang={id} aria-pressed={id === language()} onClick={() => void speak(id)}>{name}</button>
        ))}
      </div>
      <div className="row tight" role="group" aria-label={t('shell.theme.label')}>
        {choices.map((each) => (
          <button key={each} type="button" className="plain-button bare" aria-pressed={each === theme} onClick={() => choose(each)}>{t(`shell.theme.${each}`)}</button>
        ))}
      </div>
    </>
  );
}
