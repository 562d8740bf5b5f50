import { useTranslation } from 'react-i18next';
import { FocusOnFields } from '../../alert/why/focus';
import { ConditionTree } from '../../alert/why/tree';
import '../../alert/why/why.css';
import type { RuleSample, RuleTrial } from '../../client';
import { Untrusted } from '../../kit/untrusted';
import { useScope } from '../../tenancy/scope';

type Item = RuleTrial['items'][number];
type Line = Item['lines'][number];

/** What came of a sample: how it was read, and every part of the rule's condition with its answer. */
export function Outcome({ sample, result, stale }: { sample: RuleSample; result: Item; stale: boolean }) {
  const { t } = useTranslation();
  return (
    <section className={`sample-outcome ${stale ? 'dim' : ''}`} aria-label={t('editor.outcome.title')}>
      {result.lines.map((line, i) => (
        <div key={i}>
          {result.lines.length > 1 && <h4>{t('editor.outcome.record', { place: i + 1 })}</h4>}
          <LineOutcome line={line} sample={sample} />
        </div>
      ))}
    </section>
  );
}

function LineOutcome({ line, sample }: { line: Line; sample: RuleSample }) {
  const { t } = useTranslation();
  const { tenant } = useScope();
  const of = [line.product, ...line.categories, ...line.services].filter((part) => part !== '');
  return (
    <FocusOnFields>
      <p className="soft">
        {line.error ? <span className="bad-text">{t('editor.outcome.error')} <Untrusted value={line.error} /></span>
          : sample.form === 'event' ? t('editor.outcome.event')
            : line.parser ? <>{t('editor.outcome.parser')} <code>{line.parser}</code></> : <span className="bad-text">{t('editor.outcome.unread')}</span>}
        {' · '}{of.length > 0 ? <>{t('editor.outcome.of')} <code><Untrusted value={of.join(' · ')} /></code></> : t('editor.outcome.nowhere')}
      </p>
      {line.rules.map((rule) => (
        <div key={rule.id} className="sample-rule">
          {line.rules.length > 1 && <h4>{rule.fired ? '✓ ' : ''}<Untrusted value={rule.title} /></h4>}
          {!rule.routed && <p className="notice warn">{t('editor.outcome.routed')}</p>}
          {rule.tree && <ConditionTree key={JSON.stringify(rule.tree.root.holds)} tree={rule.tree} tenant={tenant?.slug ?? ''} at={line.time} open />}
        </div>
      ))}
      <details>
        <summary>{t('editor.outcome.fields', { count: line.fields.length })}</summary>
        <dl className="pairs sample-fields">
          {line.fields.map((field, i) => [<dt key={`${i}n`}><code><Untrusted value={field.name} /></code></dt>, <dd key={`${i}v`}><code><Untrusted value={field.value} /></code></dd>])}
        </dl>
      </details>
    </FocusOnFields>
  );
}
