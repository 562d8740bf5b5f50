import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { RuleDetail } from '../client';
import { useCan } from '../identity/session';
import { Untrusted } from '../kit/untrusted';

/** The filters that narrow a rule, whose parts stand in its condition. */
export function Filtered({ filters }: Pick<RuleDetail, 'filters'>) {
  const { t } = useTranslation();
  const read = useCan()('rule.read');
  if (filters.length === 0) return null;
  return (
    <p className="soft">
      {t('rule.filters')}{' '}
      {filters.map(({ id, title }, i) => (
        <span key={id}>{i > 0 && ' · '}{read ? <Link to="/rules/$id" params={{ id }}><Untrusted value={title} /></Link> : <Untrusted value={title} />}</span>
      ))}
    </p>
  );
}
