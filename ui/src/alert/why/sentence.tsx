import { Fragment, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { FlatEvent, RuleTree } from '../../client';
import { asText } from '../../kit/fields';
import { headline } from '../../kit/headline';
import { count } from '../../kit/number';
import { Place } from '../../kit/placed';
import { At } from '../../kit/time';
import { Untrusted } from '../../kit/untrusted';
import { Value } from '../../kit/value-menu';
import { actOf } from './act';
import { exceptions, facts, relation, type Fact } from './model';
import { useFieldLabel } from './labels';
import { Listing, Phrase } from './phrase';

interface Props {
  title: string;
  time: string;
  firings: number;
  last: string;
  event: FlatEvent | undefined;
  tree: RuleTree | undefined;
  tenant: string;
}

const told = 4; // conditions; a sentence with more is not read

/** What happened and why that fired the rule, in words. It says only what fields say. */
export function Sentence({ title, time, firings, last, event, tree, tenant }: Props) {
  const { t, i18n } = useTranslation();
  const found = tree ? facts(tree) : [];
  const spared = tree ? exceptions(tree) : [];
  return (
    <p className="why-sentence">
      {event && <Happened event={event} time={time} tenant={tenant} />}
      <Phrase text={t('why.sentence.fired')} parts={{ rule: <b><Untrusted value={title} /></b> }} />
      {found.length > 0 && (
        <>
          {t('why.sentence.because')}
          <Listing
            comma={t('why.sentence.comma')}
            last={t('why.sentence.and')}
            items={[
              ...found.slice(0, told).map((fact, i) => <Reason key={i} fact={fact} tenant={tenant} at={time} />),
              ...(found.length > told ? [t('why.sentence.more', { count: found.length - told, shown: count(found.length - told, i18n.language) })] : []),
            ]}
          />
          {spared.length > 0 && (
            <Phrase
              text={t('why.sentence.unless', { count: spared.length })}
              parts={{ names: <Listing comma={t('why.sentence.names')} last={t('why.sentence.names')} items={spared.slice(0, 3).map((name) => <code key={name}><Untrusted value={name} /></code>)} /> }}
            />
          )}
        </>
      )}
      {t('why.sentence.stop')}
      {firings > 1 && (
        <Phrase text={t('why.sentence.often', { count: firings, shown: count(firings, i18n.language) })} parts={{ last: <At at={last} /> }} />
      )}
    </p>
  );
}

function Happened({ event, time, tenant }: { event: FlatEvent; time: string; tenant: string }) {
  const { t } = useTranslation();
  const act = actOf(event);
  const part = (name: string): ReactNode => {
    const field = act.fields[name];
    return field && <code><Value field={field} value={asText(event[field])} tenant={tenant} at={time}>{<Untrusted value={short(asText(event[field]))} />}</Value><Place brief value={asText(event[field])} /></code>;
  };
  const parts = Object.fromEntries(Object.keys(act.fields).map((name) => [name, part(name)]));
  return (
    <>
      <Phrase text={t('why.sentence.when')} parts={{ time: <At at={time} /> }} />
      {act.fields.host && <Phrase text={t('why.sentence.where')} parts={parts} />}
      {act.verb
        ? <Phrase text={t(`why.act.${act.verb}`)} parts={{ ...parts, who: <Who act={act} parts={parts} /> }} />
        : <Phrase text={t('why.act.logged')} parts={{ text: <q><Untrusted value={short(headline(event))} /></q> }} />}
      {t('why.sentence.end')}
    </>
  );
}

function Who({ act, parts }: { act: ReturnType<typeof actOf>; parts: Record<string, ReactNode> }) {
  const { t } = useTranslation();
  const { user, source } = act.fields;
  if (user && source) return <Phrase text={t('why.who.userFrom')} parts={parts} />;
  if (user) return <Phrase text={t('why.who.user')} parts={parts} />;
  if (source) return <Phrase text={t('why.who.source')} parts={parts} />;
  return t('why.who.nobody');
}

const longest = 160;

function short(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

// Comparisons of figures and addresses, which need no quotation marks.
const bare = new Set(['cidr', 'lt', 'lte', 'gt', 'gte', 'timePart']);

function Reason({ fact, tenant, at }: { fact: Fact; tenant: string; at: string }) {
  const { t } = useTranslation();
  const label = useFieldLabel();
  const { test, patterns } = fact;
  const name = test.field === '' ? undefined : (label(fact.field) ?? label(test.field));
  const field = test.field === '' ? t('why.anyField') : (name ?? <code><Untrusted value={fact.field || test.field} /></code>);
  const how = relation(test, patterns[0]);
  const values = fact.found.length > 0 ? fact.found.slice(0, 3) : patterns.slice(0, 3).map((pattern) => pattern.text);
  const quoted = !bare.has(how);
  const shown = (
    <Listing
      comma={t('why.sentence.names')}
      last={t('why.sentence.names')}
      items={values.map((value) => (
        <Fragment key={value}>
          {quoted && '“'}
          <mark><Value field={fact.field || test.field || 'message'} value={fact.value || value} tenant={tenant} at={at}><Untrusted value={short(value)} /></Value></mark>
          {quoted && '”'}
        </Fragment>
      ))}
    />
  );
  const rule = <code><Untrusted value={short(patterns[0]?.text ?? '')} /></code>;
  return <Phrase text={t(`why.reason.${test.negated ? 'not' : 'yes'}.${how}`)} parts={{ field, value: test.negated ? <>“{rule}”</> : shown, pattern: rule }} />;
}
