import { useTranslation } from 'react-i18next';
import { count, share } from '../kit/number';
import { Part } from './sureness';
import type { ProposalDetail } from './types';

/** How much of what the source sends is read now, and how much will be. */
export function Facts({ detail, busy }: { detail: ProposalDetail; busy: boolean }) {
  const { t, i18n } = useTranslation();
  const { before, after, proposal } = detail;
  const number = (value: number) => count(value, i18n.language);
  const perLine = (value: number) => new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1, minimumFractionDigits: 1 }).format(value);
  const fields = proposal.formats.flatMap((format) => format.fields);
  const mapped = fields.filter(({ target }) => target !== '').length;
  return (
    <dl className="source-figures learn-facts" aria-busy={busy || undefined}>
      <div><dt>{t('learn.looked')}</dt><dd>{number(proposal.lines)}</dd></div>
      <div><dt>{t('learn.unclaimed')}</dt><dd>{number(proposal.unclaimed)} <span className="soft">{share(proposal.unclaimed, proposal.lines)}</span></dd></div>
      <div>
        <dt>{t('learn.coverage')}</dt>
        <dd>
          <span className="soft">{share(before.claimed, before.lines)}</span> → <b>{share(after.claimed, after.lines)}</b>
          {' '}<Part of={after.lines === 0 ? 0 : after.claimed / after.lines} label={share(after.claimed, after.lines)} />
        </dd>
      </div>
      <div><dt>{t('learn.perLine')}</dt><dd><span className="soft">{perLine(before.mapped)}</span> → <b>{perLine(after.mapped)}</b></dd></div>
      <div><dt>{t('learn.mapped')}</dt><dd>{number(mapped)} <span className="soft">{t('learn.of', { shown: number(fields.length) })}</span></dd></div>
    </dl>
  );
}
