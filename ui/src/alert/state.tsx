import { useTranslation } from 'react-i18next';
import { revealed } from '../kit/reveal';
import { states, verdicts, type State, type Verdict } from './params';

const tones: Record<State, string> = { new: 'accent', acknowledged: '', investigating: 'warn', closed: 'good' };

export { verdicts, type Verdict };

function isState(value: string): value is State {
  return (states as readonly string[]).includes(value);
}

export function useStateName(): (state: string) => string {
  const { t } = useTranslation();
  return (state) => (isState(state) ? t(`alert.state.${state}`) : state);
}

export function useVerdictName(): (verdict: string) => string {
  const { t } = useTranslation();
  return (verdict) => {
    const known = verdicts.find((each) => each === verdict);
    return known ? t(`alert.verdict.${known}`) : verdict;
  };
}

/** Says that an alert was not raised as its events came: somebody had the archive searched for what the rule had missed. */
export function Backfilled({ by }: { by: string }) {
  const { t } = useTranslation();
  return by === '' ? null : <span className="tag accent" title={t('gap.markText', { by: revealed(by) })}>{t('gap.mark')}</span>;
}

export function StateTag({ state, verdict }: { state: string; verdict?: string }) {
  const name = useStateName();
  const verdictName = useVerdictName();
  return (
    <span className={`tag ${isState(state) ? tones[state] : ''}`}>
      {name(state)}
      {verdict && ` · ${verdictName(verdict)}`}
    </span>
  );
}
