import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { AlertDetail, AlertExplanation } from '../../client';
import { findTenant, useCan, useMe } from '../../identity/session';
import '../../kit/data-table.css';
import { count, duration } from '../../kit/number';
import { revealed } from '../../kit/reveal';
import { At, useAbsolute } from '../../kit/time';
import { Untrusted } from '../../kit/untrusted';
import { Value } from '../../kit/value-menu';
import { useRuleWords } from '../../rule/words';
import { placed } from '../detail/timeline';
import { useFieldLabel } from './labels';
import { Listing, Phrase } from './phrase';

type Firing = AlertDetail['evidence'][number];
type Part = Firing['parts'][number];

interface Nested {
  part: Part;
  depth: number;
  key: string;
}

/** The parts in one list, each before those of its own firings. The server bounds how deep they go. */
export function nested(parts: Part[], depth = 0, above = ''): Nested[] {
  return parts.flatMap((part) => {
    const key = `${above}/${part.rule}`;
    return [{ part, depth, key }, ...nested(part.parts, depth + 1, key)];
  });
}

/** Tells in words too that a part is of the one above. */
function Within({ depth }: { depth: number }) {
  const { t } = useTranslation();
  if (depth === 0) return null;
  return <><span className="faint" aria-hidden>{'└ '}</span><span className="sr-only">{t('why.correlation.under')}</span></>;
}

interface Props {
  alert: AlertDetail;
  firing: Firing;
  why: AlertExplanation;
  compact: boolean;
}

/** Why a correlation fired: in a sentence, when each part happened, and what it was. */
export function CorrelationWhy({ alert, firing, why, compact }: Props) {
  return (
    <>
      <Told alert={alert} firing={firing} why={why} />
      <Lanes alert={alert} firing={firing} />
      {!compact && <PartTable alert={alert} firing={firing} />}
    </>
  );
}

function Told({ alert, firing, why }: Omit<Props, 'compact'>) {
  const { t, i18n } = useTranslation();
  const words = useRuleWords();
  const label = useFieldLabel();
  const rule = why.correlation;
  const by = firing.matches.filter((each) => each.selection === 'group-by');
  const measured = firing.matches.find((each) => each.selection !== 'group-by');
  const parts = firing.parts.map((part) => (
    <span key={part.rule}><Phrase text={t('why.correlation.quoted')} parts={{ title: <Untrusted value={words.title(part)} /> }} />{part.count > 1 && <span className="soft"> × {count(part.count, i18n.language)}</span>}</span>
  ));
  const list = <Listing comma={t('why.sentence.names')} last={t('why.correlation.and')} items={parts} />;
  const bounds = (rule?.bounds ?? []).map((each) => t(`why.correlation.bound.${each.op}`, { shown: count(each.value, i18n.language) })).join(t('why.sentence.names'));
  const fields: ReactNode = (rule?.fields ?? []).map((field) => label(field) ?? field).join(t('why.sentence.names'));
  const type = rule?.type ?? (firing.parts.length > 1 ? 'temporal' : 'event_count');
  const how = type.startsWith('temporal') && rule?.condition ? 'condition' : type;
  return (
    <p className="why-sentence">
      <Phrase text={t('why.sentence.when')} parts={{ time: <At at={firing.time} /> }} />
      <Phrase text={t('why.correlation.fired')} parts={{ rule: <b><Untrusted value={words.title(alert.rule)} /></b> }} />
      {t('why.sentence.because')}
      {rule && <Phrase text={t('why.correlation.within')} parts={{ span: duration(rule.timespan_s * 1000) }} />}
      {by.length > 0 && (
        <Phrase
          text={t('why.correlation.for')}
          parts={{
            group: (
              <Listing
                comma={t('why.sentence.names')}
                last={t('why.sentence.names')}
                items={by.map((each) => (
                  <span key={each.field}>
                    {label(each.field) ?? <Untrusted value={each.field} />} <mark><Value field={each.field} value={each.value} tenant={alert.tenant} at={firing.time} /></mark>
                  </span>
                ))}
              />
            ),
          }}
        />
      )}
      <Phrase
        text={t(`why.correlation.how.${how}`)}
        parts={{
          parts: list, fields, condition: <code><Untrusted value={rule?.condition ?? ''} /></code>,
          n: <b>{measured ? count(Number(measured.value), i18n.language) : ''}</b>, bounds,
        }}
      />
      {t('why.sentence.stop')}
      {alert.count > 1 && (
        <Phrase text={t('why.sentence.often', { count: alert.count, shown: count(alert.count, i18n.language) })} parts={{ last: <At at={alert.last_at} /> }} />
      )}
    </p>
  );
}

/** Each part on a line of its own, along one axis of time. */
function Lanes({ alert, firing }: { alert: AlertDetail; firing: Firing }) {
  const { t, i18n } = useTranslation();
  const words = useRuleWords();
  const absolute = useAbsolute();
  const open = useOpen(alert);
  const all = nested(firing.parts);
  const { from, to, at } = placed([firing.time, ...all.flatMap(({ part }) => [part.first, part.last])]);
  return (
    <div className="lanes part-lanes" role="group" aria-label={t('why.correlation.timeline')}>
      {all.map(({ part, depth, key }) => (
        <div key={key} className="lane">
          <span className="lane-name clip" style={indent(depth)} title={revealed(words.title(part))}><Within depth={depth} /><Untrusted value={words.title(part)} /></span>
          <div className="lane-track">
            <i className="lane-now" style={{ left: `${at(firing.time)}%` }} />
            {part.count > part.events.length && <i className="lane-span" style={{ left: `${at(part.first)}%`, width: `${at(part.last) - at(part.first)}%` }} />}
            {part.events.map((event) => {
              const dot = <><i className="lane-dot" /><span className="sr-only">{absolute(new Date(event.time), true)}</span></>;
              const shown = { style: { left: `${at(event.time)}%` }, title: `${absolute(new Date(event.time), true)} ${revealed(words.title(part))}` };
              return open
                ? <Link key={event.id} to="/search" search={open([event.id], event.time, event.time)} {...shown}>{dot}</Link>
                : <span key={event.id} className="lane-mark" {...shown}>{dot}</span>;
            })}
          </div>
          <span className="lane-count soft">× {count(part.count, i18n.language)}</span>
        </div>
      ))}
      <div className="lane lane-axis">
        <span className="lane-name faint">{t('why.correlation.time')}</span>
        <div className="lane-ends faint"><At at={from} /><At at={to} /></div>
        <span className="lane-count" />
      </div>
    </div>
  );
}

function PartTable({ alert, firing }: { alert: AlertDetail; firing: Firing }) {
  const { t, i18n } = useTranslation();
  const words = useRuleWords();
  const can = useCan();
  const open = useOpen(alert);
  return (
    <div className="data-table part-table">
      <table aria-label={t('why.correlation.parts')}>
        <thead>
          <tr>
            <th>{t('why.correlation.part')}</th><th className="number">{t('why.correlation.count')}</th><th>{t('why.correlation.first')}</th>
            <th>{t('why.correlation.last')}</th>{open && <th>{t('why.correlation.events')}</th>}
          </tr>
        </thead>
        <tbody>
          {nested(firing.parts).map(({ part, depth, key }) => (
            <tr key={key}>
              <td className="wide" style={indent(depth)}>
                <Within depth={depth} />
                {can('rule.read') ? <Link to="/rules/$id" params={{ id: part.rule }}><Untrusted value={words.title(part)} /></Link> : <Untrusted value={words.title(part)} />}
              </td>
              <td className="number">{count(part.count, i18n.language)}</td>
              <td className="min"><At at={part.first} fine /></td>
              <td className="min"><At at={part.last} fine /></td>
              {open && (
                <td className="min">
                  <Link to="/search" search={open(part.events.map((event) => event.id), part.first, part.last)}>
                    {part.count > part.events.length ? t('why.correlation.openSome', { shown: part.events.length }) : t('why.correlation.open')}
                  </Link>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function indent(depth: number) {
  return depth > 0 ? { paddingInlineStart: `${depth * 16 + 8}px` } : undefined;
}

/** The way to the events of a part; undefined for who may not search. */
function useOpen(alert: AlertDetail) {
  const me = useMe();
  const can = useCan();
  if (!can('event.search')) return undefined;
  return (ids: string[], from: string, to: string) => ({
    q: `event.id:in(${ids.map((id) => JSON.stringify(id)).join(',')})`,
    tenant: findTenant(me, alert.tenant)?.slug,
    from: new Date(new Date(from).getTime() - 1000).toISOString(),
    to: new Date(new Date(to).getTime() + 1000).toISOString(),
  });
}

