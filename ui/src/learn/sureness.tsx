import { useTranslation } from 'react-i18next';
import { surenessOf } from './words';

/** How sure a guess is: a word, and a bar for the eye. */
export function Sure({ confidence }: { confidence: number }) {
  const { t } = useTranslation();
  const is = surenessOf(confidence);
  return (
    <span className={`sure ${is}`}>
      <span className="sure-bar" aria-hidden="true"><i style={{ inlineSize: `${Math.round(confidence * 100)}%` }} /></span>
      {t(`learn.sure.${is}`)} <span className="soft">{Math.round(confidence * 100)} %</span>
    </span>
  );
}

/** A share of something as a bar with its figure. */
export function Part({ of, label }: { of: number; label: string }) {
  return (
    <span className="sure" role="img" aria-label={label}>
      <span className="sure-bar wide" aria-hidden="true"><i style={{ inlineSize: `${Math.round(of * 100)}%` }} /></span>
    </span>
  );
}
