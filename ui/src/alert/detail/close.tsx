import { Button } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { verdicts, type Verdict } from '../state';

interface Props {
  busy: boolean;
  cancel: () => void;
  /** Whether the person may write exceptions. */
  tune: boolean;
  close: (verdict: Verdict, reason: string, except: boolean) => void;
}

/** Asks for verdict and reason in the page: digits choose, Ctrl+Enter closes, Esc leaves. */
export function CloseForm({ busy, cancel, tune, close }: Props) {
  const { t } = useTranslation();
  const [verdict, setVerdict] = useState<Verdict>();
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const [except, setExcept] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => first.current?.focus(), []);
  const submit = () => {
    if (busy) return;
    if (verdict && reason.trim()) return close(verdict, reason.trim(), except && verdict === 'false_positive');
    setMissing(true);
    (verdict ? field : first).current?.focus();
  };
  return (
    <form
      className="close-form"
      aria-label={t('alert.close.title')}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') cancel();
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          submit();
        }
        const digit = event.target === field.current || event.ctrlKey || event.metaKey || event.altKey ? undefined : verdicts[Number(event.key) - 1];
        if (!digit) return;
        event.preventDefault();
        setVerdict(digit);
        field.current?.focus();
      }}
    >
      <fieldset>
        <legend>{t('alert.close.verdict')}</legend>
        {verdicts.map((each, i) => (
          <label key={each} className={each === verdict ? 'chosen' : ''}>
            <input ref={i === 0 ? first : undefined} type="radio" name="verdict" checked={each === verdict} onChange={() => setVerdict(each)} />
            {t(`alert.verdict.${each}`)} <kbd aria-hidden="true">{i + 1}</kbd>
          </label>
        ))}
      </fieldset>
      <label className="close-reason">
        <span>{t('alert.close.reason')}</span>
        <textarea ref={field} rows={3} maxLength={4000} value={reason} placeholder={t('alert.close.example')} onChange={(event) => setReason(event.target.value)} />
      </label>
      {tune && verdict === 'false_positive' && (
        <label className="row"><input type="checkbox" checked={except} onChange={(event) => setExcept(event.target.checked)} /> {t('except.afterClose')}</label>
      )}
      {missing && <p className="wrong" role="alert">{t(verdict ? 'alert.close.needReason' : 'alert.close.needVerdict')}</p>}
      <div className="row">
        <Button type="primary" htmlType="submit" loading={busy}>{t('alert.move.closed')}<kbd aria-hidden="true">Ctrl ↵</kbd></Button>
        <Button onClick={cancel}>{t('kit.cancel')}</Button>
      </div>
    </form>
  );
}
