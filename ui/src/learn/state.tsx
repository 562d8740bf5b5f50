import { useTranslation } from 'react-i18next';
import type { ProposalHead } from './types';

/** Why a parser is proposed. */
export function Reason({ reason }: { reason: ProposalHead['reason'] }) {
  const { t } = useTranslation();
  return <span className={`tag ${reason === 'drift' ? 'warn' : ''}`} title={t(`learn.reasonText.${reason}`)}>{t(`learn.reason.${reason}`)}</span>;
}

const signs = { open: '◇', approved: '✓', rejected: '×' };
const looks = { open: 'accent', approved: 'good', rejected: '' };

/** Where a proposal stands, in a sign and a word. */
export function State({ state }: { state: ProposalHead['state'] }) {
  const { t } = useTranslation();
  return <span className={`tag ${looks[state]}`}><span aria-hidden="true">{signs[state]}</span> {t(`learn.state.${state}`)}</span>;
}
