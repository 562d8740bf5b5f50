import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EventReading } from '../../client';
import { Untrusted } from '../../kit/untrusted';
import { Value } from '../../kit/value-menu';
import { useFocus } from './focus';
import { useFieldLabel } from './labels';

type Step = EventReading['steps'][number];

/** The steps that made fields of the record, each with the fields it gave. */
export function ReadingSteps({ reading, tenant, at }: { reading: EventReading; tenant: string; at: string }) {
  const { t } = useTranslation();
  const steps = reading.steps.filter((step) => step.fields.length > 0 || step.name === 'decode' || !step.ok);
  return (
    <div className="reading">
      <p className="soft">
        {reading.source.name
          ? t('why.reading.source', { name: '' })
          : t('why.reading.sourceGone')}
        {reading.source.name && <b><Untrusted value={reading.source.name} /></b>}
        {reading.source.kind && <span className="faint"> {reading.source.kind}{reading.source.time_zone && ` · ${reading.source.time_zone}`}</span>}
      </p>
      {reading.changed.length > 0 && (
        <p className="notice warn">{t('why.reading.changed')} <code><Untrusted value={reading.changed.slice(0, 12).join(', ')} /></code></p>
      )}
      <ol className="reading-steps">
        {steps.map((step, i) => <OneStep key={i} step={step} tenant={tenant} at={at} />)}
      </ol>
    </div>
  );
}

const few = 12;

function OneStep({ step, tenant, at }: { step: Step; tenant: string; at: string }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const name = useStepName();
  const fields = all ? step.fields : step.fields.slice(0, few);
  return (
    <li className={step.ok ? '' : 'failed'}>
      <p>
        <b>{name(step.name)}</b> {step.result && step.name !== 'finish' && <span className="faint"><Untrusted value={step.result} /></span>}{' '}
        <span className="faint">{step.fields.length > 0 && t('why.reading.gave', { count: step.fields.length })}</span>
      </p>
      <dl className="reading-fields">
        {fields.map((field, i) => <OneField key={i} field={field} tenant={tenant} at={at} />)}
      </dl>
      {step.fields.length > fields.length && (
        <button type="button" className="link" onClick={() => setAll(true)}>{t('why.reading.rest', { count: step.fields.length - fields.length })}</button>
      )}
    </li>
  );
}

function OneField({ field, tenant, at }: { field: Step['fields'][number]; tenant: string; at: string }) {
  const label = useFieldLabel();
  const { on, props } = useFocus([field.name]);
  return (
    <div className={on ? 'lit' : ''} {...props}>
      <dt><Untrusted value={field.name} /> {label(field.name) && <span className="faint">{label(field.name)}</span>}</dt>
      <dd><code><Value field={field.name} value={field.value} tenant={tenant} at={at} /></code></dd>
    </div>
  );
}

const known = ['decode', 'syslog header', 'finish', 'enrich', 'beside', 'key=value', 'key: value', 'free text'] as const;
const keys = { decode: 'decode', 'syslog header': 'header', finish: 'finish', enrich: 'enrich', beside: 'beside', 'key=value': 'pairs', 'key: value': 'colons', 'free text': 'prose' } as const;

function useStepName(): (step: string) => string {
  const { t } = useTranslation();
  return (step) => {
    const found = known.find((each) => each === step);
    return found ? t(`why.step.${keys[found]}`) : t('why.step.format', { name: step });
  };
}
