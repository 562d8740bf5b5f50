import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Rule } from '../client';
import { Severity } from '../kit/severity';
import { Failure, Loading } from '../kit/states';
import { Untrusted } from '../kit/untrusted';
import { useScope } from '../tenancy/scope';
import { RuleState } from './columns';
import { ruleQuery } from './queries';
import { Came, Condition, Facts, Judged, Looks, RuleTools, Texts } from './sections';
import { OverlayNotice } from './overlay';
import { Shadow } from './shadow';
import { Standing } from './standing';
import { useRuleWords } from './words';

/** A rule beside the list: what it looks for, and what came of it. */
export function RulePane({ id }: { id: string }) {
  const { t } = useTranslation();
  const words = useRuleWords();
  const { tenant } = useScope();
  const rule = useQuery({ ...ruleQuery(id, tenant?.slug), staleTime: 30_000 });
  if (rule.error && !rule.data) return <div className="side"><Failure error={rule.error} retry={() => void rule.refetch()} /></div>;
  if (!rule.data) return <div className="side"><Loading lines={10} /></div>;
  return (
    <article className="side rule-side">
      <header>
        <h2>{rule.data.kind !== 'filter' && <Severity level={rule.data.level} bare />} <Untrusted value={words.title(rule.data)} /></h2>
        <div className="row">
          {rule.data.broken && <span className="tag bad">{t('rule.health.brokenTag')}</span>}
          <Link className="act" to="/rules/$id" params={{ id }}>{t('rule.open')} <kbd>o</kbd></Link>
          <RuleTools rule={rule.data} />
        </div>
      </header>
      <OverlayNotice rule={rule.data} />
      <Standing rule={rule.data} />
      <Shadow rule={rule.data} />
      <Looks rule={rule.data} />
      <Came rule={rule.data} />
      <Judged rule={rule.data} />
      <Condition rule={rule.data} />
      <Texts rule={rule.data} />
      <Facts rule={rule.data} />
    </article>
  );
}

/** A rule that the engine could not take, and why. */
export function RefusedPane({ rule }: { rule: Rule }) {
  const { t } = useTranslation();
  return (
    <article className="side">
      <header>
        <h2><Untrusted value={rule.title} /></h2>
        <div className="row"><RuleState rule={rule} /></div>
      </header>
      <p className="notice warn"><Untrusted value={rule.reason} /></p>
      <p className="soft">{t('rule.refusedText')}</p>
      <dl className="pairs">
        {rule.id && <><dt>ID</dt><dd><code><Untrusted value={rule.id} /></code></dd></>}
        <dt>{t('rule.packs.file')}</dt><dd><code><Untrusted value={rule.path} /></code></dd>
        <dt>{t('rule.pack')}</dt><dd><Link to="/rules" search={{ pack: rule.pack, state: 'refused' }}><Untrusted value={rule.pack_name} /></Link></dd>
      </dl>
    </article>
  );
}
