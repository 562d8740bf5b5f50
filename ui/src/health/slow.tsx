import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { count } from '../kit/number';
import { Section } from '../kit/page';
import { Failure } from '../kit/states';
import { Untrusted } from '../kit/untrusted';
import { asQuery } from '../rule/params';
import { rulesQuery } from '../rule/queries';
import { useRuleWords } from '../rule/words';

const shown = 5;
const query = asQuery({ slow: true, sort: 'cost' }, undefined);

/** The rules that take much of the time of matching, the slowest first. */
export function SlowRules() {
  const { t, i18n } = useTranslation();
  const words = useRuleWords();
  const rules = useQuery(rulesQuery(query, 0));
  const percent = new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 1 });
  const { data } = rules;
  return (
    <Section title={t('health.slow.title')}>
      {rules.error && <Failure error={rules.error} retry={() => void rules.refetch()} />}
      {!data && !rules.error && <p className="soft">{t('kit.loading')}</p>}
      {data?.total === 0 && <p className="soft">{t('health.slow.none')}</p>}
      {data && data.total > 0 && (
        <>
          <dl className="pairs">
            {data.items.slice(0, shown).map((rule) => (
              <div className="pair" key={rule.id}><dt className="number">{percent.format(rule.cost ?? 0)}</dt><dd><Link to="/rules/$id" params={{ id: rule.id }}><Untrusted value={words.title(rule)} /></Link></dd></div>
            ))}
          </dl>
          <p><Link to="/rules" search={{ slow: true, sort: 'cost' }}>{t('health.slow.all')} ({count(data.total, i18n.language)})</Link></p>
        </>
      )}
    </Section>
  );
}
