import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import type { RuleDetail } from '../client';
import { isProvider, useMe } from '../identity/session';
import { CopyButton } from '../kit/copy';
import { Page } from '../kit/page';
import { Severity } from '../kit/severity';
import { Failure, Loading } from '../kit/states';
import { Untrusted } from '../kit/untrusted';
import { useScope } from '../tenancy/scope';
import { RuleState } from './columns';
import { Changes } from './changes';
import { ruleQuery } from './queries';
import './rule.css';
import { Came, Condition, Facts, Judged, Looks, RuleTools, Texts } from './sections';
import { Cost } from './cost';
import './editor/editor.css';
import { Versions } from './editor/versions';
import { Gaps } from './gaps';
import { OverlayNotice } from './overlay';
import { Shadow } from './shadow';
import { Standing } from './standing';
import { useRuleWords } from './words';

const YamlView = lazy(() => import('./yaml-view'));
const route = getRouteApi('/shell/rules/$id');

export function RulePage() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const { tenant } = useScope();
  const rule = useQuery(ruleQuery(id, tenant?.slug));
  if (rule.error && !rule.data) {
    return <Page title={t('rule.rule')}><Failure error={rule.error} retry={() => void rule.refetch()} /></Page>;
  }
  if (!rule.data) return <Page title={t('rule.rule')}><Loading lines={12} /></Page>;
  return <Loaded rule={rule.data} />;
}

function Loaded({ rule }: { rule: RuleDetail }) {
  const { t } = useTranslation();
  const words = useRuleWords();
  const provider = isProvider(useMe());
  const { since } = route.useSearch();
  return (
    <Page
      tab={words.title(rule)}
      title={<>{rule.kind !== 'filter' && <Severity level={rule.level} />}{' '}<Untrusted value={words.title(rule)} /></>}
      count={<RuleState rule={rule} />}
      actions={<RuleTools rule={rule} />}
    >
      <div className="rule-body rule-side">
        <div className="rule-main">
          <OverlayNotice rule={rule} />
          {since && <Changes id={rule.id} since={since} />}
          <Looks rule={rule} />
          <Condition rule={rule} />
          {rule.source && (
            <section>
              <h3 className="row">{t('rule.source')} <CopyButton value={rule.source} /></h3>
              <Suspense fallback={<Loading lines={8} />}><YamlView text={rule.source} label={t('rule.source')} /></Suspense>
            </section>
          )}
        </div>
        <div className="rule-main">
          <Standing rule={rule} />
          <Shadow rule={rule} />
          <Gaps rule={rule} />
          <Came rule={rule} />
          <Cost rule={rule} />
          <Judged rule={rule} />
          <Texts rule={rule} />
          <Facts rule={rule} />
          {provider && rule.version > 0 && <section><h3>{t('editor.tab.versions')}</h3><Versions rule={rule} rolled={() => undefined} /></section>}
        </div>
      </div>
    </Page>
  );
}
