import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '../identity/session';
import { Untrusted } from '../kit/untrusted';
import { verdicts, type Verdict } from './params';
import { recentReasons, rememberReason } from './reasons';

interface Props {
  /** How many alerts, in words. */
  what: string;
  cancel: () => void;
  close: (verdict: Verdict, reason: string) => void;
}

const offered = 3;

/** Asks for verdict and reason without hiding the list: a digit for the verdict, the reason or ↓ for one given lately, Enter. */
export function CloseForm({ what, cancel, close }: Props) {
  const { t } = useTranslation();
  const { username } = useMe();
  const [verdict, setVerdict] = useState<Verdict>();
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const [recent] = useState(() => recentReasons(username));
  const first = useRef<HTMLInputElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => first.current?.focus(), []);
  const choose = (next: Verdict) => {
    setVerdict(next);
    field.current?.focus();
  };
  const submit = () => {
    const text = reason.trim();
    if (!verdict || !text) {
      setMissing(true);
      (verdict ? field : first).current?.focus();
      return;
    }
    rememberReason(username, text);
    close(verdict, text);
  };
  const browse = (step: number) => {
    const at = recent.indexOf(reason);
    if (recent.length === 0 || (reason !== '' && at < 0)) return false;
    setReason(recent[at + step] ?? '');
    return true;
  };
  return (
    <form
      role="dialog"
      aria-label={t('triage.close.title', { what })}
      className="judge-form"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') cancel();
        const digit = event.target === field.current ? undefined : verdicts[Number(event.key) - 1];
        if (digit && !event.ctrlKey && !event.metaKey && !event.altKey) {
          event.preventDefault();
          choose(digit);
        }
      }}
    >
      <fieldset>
        <legend>{t('triage.close.title', { what })}</legend>
        <div className="verdicts">
          {verdicts.map((each, i) => (
            <label key={each} className={each === verdict ? 'chosen' : ''}>
              <input ref={i === 0 ? first : undefined} type="radio" name="verdict" checked={each === verdict} onChange={() => setVerdict(each)} />
              <kbd aria-hidden="true">{i + 1}</kbd> {t(`alert.verdict.${each}`)}
            </label>
          ))}
        </div>
      </fieldset>
      <textarea
        ref={field}
        rows={2}
        maxLength={4000}
        value={reason}
        aria-label={t('alert.close.reason')}
        placeholder={recent.length > 0 ? t('triage.close.reasonRecent') : t('alert.close.example')}
        onChange={(event) => setReason(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
            event.preventDefault();
            submit();
          }
          if (event.key === 'ArrowDown' && browse(1)) event.preventDefault();
          if (event.key === 'ArrowUp' && browse(-1)) event.preventDefault();
        }}
      />
      {recent.length > 0 && (
        <div className="recent">
          {recent.slice(0, offered).map((each) => (
            <button key={each} type="button" className="plain clip" title={each} onClick={() => {
              setReason(each);
              field.current?.focus();
            }}><Untrusted value={each} /></button>
          ))}
        </div>
      )}
      <div className="row">
        <button type="submit" className="act primary">{t('alert.move.closed')} <kbd>Enter</kbd></button>
        <button type="button" className="act" onClick={cancel}>{t('kit.cancel')} <kbd>Esc</kbd></button>
        {missing && <span className="wrong" role="alert">{t(verdict ? 'triage.close.needReason' : 'triage.close.needVerdict')}</span>}
      </div>
    </form>
  );
}
