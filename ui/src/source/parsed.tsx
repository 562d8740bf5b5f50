import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FlatEvent, ParseStep } from '../client';
import { Fields } from '../kit/fields';
import { Untrusted } from '../kit/untrusted';
import './source.css';

interface Props {
  raw: string;
  fields: FlatEvent;
  steps: ParseStep[];
  /** Shown unfolded at first. */
  open?: boolean;
}

/** Whether a parser pack read the record: its steps bear its name. */
function byPack(steps: ParseStep[], parser: string): boolean {
  return steps.some((step) => step.name.startsWith(`${parser}: `));
}

/** The first step that says why a record was not understood, or not by the pack that knows its device; -1 where there is none. */
export function firstFault(steps: ParseStep[], parser: unknown): number {
  if (!byPack(steps, String(parser))) {
    const ofPack = steps.findIndex((step) => !step.ok && step.name.includes(': '));
    if (ofPack >= 0) return ofPack;
  }
  if (parser !== 'none') return -1;
  const at = steps.findIndex((step) => !step.ok && step.name !== 'finish');
  return at >= 0 ? at : steps.findIndex((step) => !step.ok);
}

/** One record: as it came, what it was understood as, by which steps. */
export function ParsedRecord({ raw, fields, steps, open = false }: Props) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(open);
  const parser = fields['isoc.parser'];
  const understood = parser !== 'none';
  const fault = firstFault(steps, parser);
  const why = fields['isoc.parse_error'];
  return (
    <details className="parsed" open={shown} onToggle={(event) => setShown(event.currentTarget.open)}>
      <summary>
        <span className={`mark ${understood ? 'ok' : 'bad'}`} role="img" aria-label={understood ? t('source.understood') : t('source.notUnderstood')}>
          {understood ? '✓' : '▲'}
        </span>
        <span className="line"><Untrusted value={raw} /></span>
        {byPack(steps, String(parser)) && <span className="tag accent"><Untrusted value={[parser, fields['isoc.format']].filter(Boolean).join(' · ')} /></span>}
        <span className="tag"><Untrusted value={String(fields['event.dataset'] ?? '')} /></span>
      </summary>
      {shown && (
        <div>
          {!understood && <p className="notice warn">{t('source.notUnderstoodText')} {typeof why === 'string' && <code><Untrusted value={why} /></code>}</p>}
          {understood && (
            <p className="soft">
              {byPack(steps, String(parser))
                ? <>{t('source.byPack')} <PackLink parser={String(parser)} source={fields['isoc.source.id']} /></>
                : <>{t('source.byOwn')} <code><Untrusted value={String(parser)} /></code></>}
              {typeof fields['isoc.format'] === 'string' && <> · {t('source.format')} <code><Untrusted value={fields['isoc.format']} /></code></>}
              {fault >= 0 && <> · {t('source.packFailed')} <code><Untrusted value={steps[fault]?.name} /></code></>}
            </p>
          )}
          <Steps steps={steps} fault={fault} />
          <Fields event={fields} />
        </div>
      )}
    </details>
  );
}

// A parser of the source's own stands on the page of the source.
function PackLink({ parser, source }: { parser: string; source: unknown }) {
  if (!parser.startsWith('own-')) return <Link to="/parsers/$id" params={{ id: parser }}>{parser}</Link>;
  if (typeof source !== 'string') return <code>{parser}</code>;
  return <Link to="/sources/$id" params={{ id: source }} search={(before) => ({ tenant: before.tenant })}>{parser}</Link>;
}

function Steps({ steps, fault }: { steps: ParseStep[]; fault: number }) {
  const { t } = useTranslation();
  return (
    <ol className="steps" aria-label={t('source.steps')}>
      {steps.map((step, i) => (
        <li key={i} className={i === fault ? 'first-fault' : ''}>
          <span className={step.ok ? 'ok' : i === fault ? 'bad' : 'tried'} role="img" aria-label={step.ok ? t('source.stepOk') : t('source.stepNo')}>
            {step.ok ? '✓' : '×'}
          </span>
          <span className="mono">{step.name}</span>
          <span className="added">
            {step.result && <span className="mono"><Untrusted value={step.result} /> </span>}
            {step.fields.length > 0 && (
              <details className="step-fields">
                <summary>{t('source.stepFields', { count: step.fields.length })}</summary>
                {step.fields.map((field, at) => <code key={at}><Untrusted value={field.name} />=<Untrusted value={field.value} /></code>)}
              </details>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}
