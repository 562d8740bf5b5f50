import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { RuleDetail } from '../client';
import { useCan } from '../identity/session';
import { CopyButton } from '../kit/copy';
import { Page, Section } from '../kit/page';
import { Severity } from '../kit/severity';
import { Failure, Loading } from '../kit/states';
import { Untrusted } from '../kit/untrusted';
import { logSource, useStatusName } from './list';
import { ruleQuery } from './queries';
import { RuleTags } from './tags';
import { useRuleWords } from './words';

const route = getRouteApi('/shell/rules/$id');

export function RulePage() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const rule = useQuery(ruleQuery(id));
  if (rule.error && !rule.data) {
    return <Page title={t('rule.rule')}><Failure error={rule.error} retry={() => void rule.refetch()} /></Page>;
  }
  if (!rule.data) return <Page title={t('rule.rule')}><Loading lines={12} /></Page>;
  return <Loaded rule={rule.data} />;
}

function Loaded({ rule }: { rule: RuleDetail }) {
  const { t } = useTranslation();
  const can = useCan();
  const words = useRuleWords();
  const description = words.description(rule);
  const advice = words.advice(rule);
  return (
    <Page tab={words.title(rule)} title={<><Severity level={rule.level} />{' '}<Untrusted value={words.title(rule)} /></>}>
      {!rule.active && <p className="notice warn">{t('rule.notRunning')}</p>}
      {description && <p className="prose"><Untrusted value={description} /></p>}
      {advice && <Section title={t('rule.advice')}><p className="prose"><Untrusted value={advice} /></p></Section>}
      <Facts rule={rule} />
      {can('alert.read') && (
        <p><Link to="/alerts" search={{ rule: rule.id, state: 'all' }}>{t('rule.alerts')}</Link></p>
      )}
      <List title={t('rule.falsePositives')} items={words.falsePositives(rule)} />
      <List title={t('rule.references')} items={rule.references} />
      <Section title={t('rule.source')} extra={<CopyButton value={rule.source} />}>
        <pre className="raw rule-source"><Untrusted value={rule.source} /></pre>
      </Section>
    </Page>
  );
}

function Facts({ rule }: { rule: RuleDetail }) {
  const { t } = useTranslation();
  const statusName = useStatusName();
  return (
    <dl className="pairs">
      <dt>ID</dt><dd><code><Untrusted value={rule.id} /></code><CopyButton value={rule.id} /></dd>
      <dt>{t('rule.statusTitle')}</dt><dd>{statusName(rule.status)}</dd>
      <dt>{t('rule.logsource')}</dt><dd><Untrusted value={logSource(rule)} /></dd>
      <dt>{t('rule.pack')}</dt><dd><Untrusted value={rule.pack_name} /> <code className="faint"><Untrusted value={rule.path} /></code></dd>
      {rule.author && <><dt>{t('rule.author')}</dt><dd><Untrusted value={rule.author} /></dd></>}
      {rule.license && <><dt>{t('rule.license')}</dt><dd><Untrusted value={rule.license} /></dd></>}
      {rule.tags.length > 0 && <><dt>{t('rule.tags')}</dt><dd className="row tight"><RuleTags tags={rule.tags} /></dd></>}
    </dl>
  );
}

// References are shown as text: whoever wrote the rule chose where a link would lead.
function List({ title, items }: { title: string; items: string[] }) {
  if (items.length === 0) return null;
  return (
    <Section title={title}>
      <ul className="plain-list">{items.map((item, i) => <li key={i}><Untrusted value={item} /><CopyButton value={item} /></li>)}</ul>
    </Section>
  );
}
