import { useTranslation } from 'react-i18next';
import type { Source } from '../client';
import { count, duration } from '../kit/number';
import './source.css';

export const states = ['silent', 'degraded', 'never', 'healthy', 'disabled'] as const;
export type State = (typeof states)[number];

const shapes: Record<State, React.ReactNode> = {
  silent: <path d="M6 .5 11.5 6 6 11.5.5 6z" />,
  degraded: <path d="M6 1 11.6 11H.4z" />,
  never: <circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" strokeWidth="1.6" strokeDasharray="2.2 1.6" />,
  healthy: <circle cx="6" cy="6" r="5" />,
  disabled: <path d="M2 5.2h8v1.6H2z" />,
};

/** How a source is, told by colour, by shape and by word. */
export function SourceState({ state, bare }: { state: State; bare?: boolean }) {
  const { t } = useTranslation();
  return (
    <span className={`source-state ${state}`} title={bare ? t(`source.state.${state}`) : undefined}>
      <svg viewBox="0 0 12 12" width="11" height="11" fill="currentColor" aria-hidden="true">{shapes[state]}</svg>
      <span className={bare ? 'unseen' : undefined}>{t(`source.state.${state}`)}</span>
    </span>
  );
}

/** Seconds as people say them: 5 s, 3 min, 2 h 5 min. */
export function seconds(value: number): string {
  return value < 60 ? `${Math.round(value)} s` : duration(Math.round(value) * 1000).replace(/ 0 \w+$/, '');
}

/** Share as 97.3 %; all only where it is all. */
export function percent(value: number): string {
  const text = (value * 100).toFixed(1);
  return `${text === '100.0' && value < 1 ? '99.9' : text.replace(/\.0$/, '')} %`;
}

/** Records a second where they are many, a minute where they are few. */
export function useRate(): (perSecond: number) => string {
  const { t, i18n } = useTranslation();
  return (perSecond) => {
    if (perSecond === 0) return '0';
    if (perSecond >= 1) return t('source.perSecond', { count: Number(perSecond.toFixed(perSecond >= 100 ? 0 : 1)), shown: count(Number(perSecond.toFixed(perSecond >= 100 ? 0 : 1)), i18n.language) });
    const perMinute = Number((perSecond * 60).toFixed(1));
    return t('source.perMinute', { count: perMinute, shown: count(perMinute, i18n.language) });
  };
}

// How the figures of a reason are said; the others are seconds.
const sayings: Partial<Record<Source['health']['codes'][number]['code'], 'share' | 'count' | 'plain'>> = {
  unparsed: 'share', worse: 'share', dropping: 'count', drop: 'count', burst: 'count', port: 'plain',
};

/** What is wrong with a source in a word or two; the first of several. */
export function useShortReason(): (source: Source) => string {
  const { t } = useTranslation();
  return ({ health: { state, codes } }) => {
    const first = codes[0];
    if (state !== 'degraded' || !first) return '';
    return t(`source.short.${first.code}`) + (codes.length > 1 ? ` +${codes.length - 1}` : '');
  };
}

/** How a sender's clock goes: 5 s slow, 8 h fast. */
export function useClock(): (seconds: number | undefined) => string {
  const { t } = useTranslation();
  return (off) => off === undefined ? '–' : off === 0 ? '0 s' : t(off > 0 ? 'source.clockBehind' : 'source.clockAhead', { shown: seconds(Math.abs(off)) });
}

/** What is wrong with a source in words, each with what to do about it. */
export function useReasons(): (source: Source) => { code: string; says: string; advice: string }[] {
  const { t, i18n } = useTranslation();
  return (source) => source.health.codes.map(({ code, value, limit }) => {
    const say = sayings[code];
    const [shown, usual] = [value, limit].map((each) => say === 'share' ? percent(each) : say === 'count' ? count(each, i18n.language) : say === 'plain' ? String(each) : seconds(each));
    return { code, says: t(`source.reason.${code}`, { shown, usual }), advice: t(`source.advice.${code}`, { shown, usual }) };
  });
}
