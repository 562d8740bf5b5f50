import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Calendar } from './calendar';
import { Flyout } from './flyout';
import { preference } from './preference';
import { absolute } from './time';
import { days, presetOf, presets, readBound, resolve, step, zoomOut, type Range } from './time-range';
import './time-range.css';
import { useZone, wall, zoneName } from './zone';

interface Props {
  value: Range;
  onChange: (range: Range) => void;
}

const recent = preference<Range[]>({
  key: 'isoc.ranges',
  read: (stored) => {
    const pairs = (stored ?? '').split('\n').map((line) => line.split(' '));
    return pairs.flatMap(([from = '', to = '']) => (resolve(from, 0) && resolve(to, 0) ? [{ from, to }] : [])).slice(0, 5);
  },
  write: (value) => value.map(({ from, to }) => `${from} ${to}`).join('\n') || null,
});

/** Chooses a span of time, in the zone of the screen: a usual one up to now, or any by words, by days or by steps from the one before. */
export function TimeRangePicker({ value, onChange }: Props) {
  const { t } = useTranslation();
  const name = useRangeName();
  const move = (next: (now: number) => Range | undefined) => {
    const range = next(Date.now());
    if (range) onChange(range);
  };
  const bounded = value.from !== '';
  return (
    <div className="time-range" role="group" aria-label={t('kit.range.label')}>
      <button type="button" className="plain-button" disabled={!bounded} aria-label={t('kit.range.back')} title={t('kit.range.back')} onClick={() => move((now) => step(value, false, now))}>‹</button>
      <Flyout label={t('kit.pair', { name: t('kit.range.label'), value: name(value) })} button={<><span className="clip">{name(value)}</span><span className="caret" aria-hidden="true">▾</span></>}>
        {(close) => (
          <Choices
            value={value}
            choose={(range) => {
              close();
              onChange(range);
            }}
          />
        )}
      </Flyout>
      <button type="button" className="plain-button" disabled={!bounded || value.to === 'now' || value.to === ''} aria-label={t('kit.range.forward')} title={t('kit.range.forward')} onClick={() => move((now) => step(value, true, now))}>›</button>
      <button type="button" className="plain-button" disabled={!bounded} aria-label={t('kit.range.zoomOut')} title={t('kit.range.zoomOut')} onClick={() => move((now) => zoomOut(value, now))}>−</button>
    </div>
  );
}

function useRangeName(): (range: Range) => string {
  const { t } = useTranslation();
  const zone = useZone();
  return (range) => {
    const preset = presetOf(range);
    if (preset) return t(`kit.range.last.${preset}`);
    return `${boundName(range.from, zone, t('kit.range.start'), t('kit.range.now'))} – ${boundName(range.to, zone, t('kit.range.now'), t('kit.range.now'))}`;
  };
}

function boundName(bound: string, zone: string, none: string, now: string): string {
  if (bound === '') return none;
  if (bound === 'now') return now;
  const at = bound.startsWith('now') ? undefined : resolve(bound, 0);
  return at ? absolute(at, at.getMilliseconds() !== 0, zone) : bound;
}

function Choices({ value, choose }: { value: Range; choose: (range: Range) => void }) {
  const { t } = useTranslation();
  const name = useRangeName();
  const zone = useZone();
  const [now] = useState(() => Date.now());
  const take = (range: Range) => {
    if (!presetOf(range)) recent.set([range, ...recent.get().filter((each) => each.from !== range.from || each.to !== range.to)].slice(0, 5));
    choose(range);
  };
  const usual: [string, Range][] = [
    ...presets.map((preset): [string, Range] => [t(`kit.range.last.${preset}`), { from: `now-${preset}`, to: 'now' }]),
    [t('kit.range.today'), days(now, zone, 0)],
    [t('kit.range.yesterday'), days(now, zone, 1, 1)],
  ];
  const lately = recent.use();
  return (
    <div className="range-choices">
      <div className="range-list" role="group" aria-label={t('kit.range.usual')}>
        {usual.map(([label, range]) => <Choice key={label} label={label} current={same(range, value)} choose={() => choose(range)} />)}
      </div>
      <div className="range-own">
        <Own value={value} now={now} zone={zone} choose={take} />
        {lately.length > 0 && (
          <div role="group" aria-label={t('kit.range.recent')}>
            <span className="soft range-title">{t('kit.range.recent')}</span>
            {lately.map((range) => <Choice key={`${range.from} ${range.to}`} label={name(range)} current={same(range, value)} choose={() => take(range)} />)}
          </div>
        )}
        <p className="soft range-zone">{t('kit.range.zone', { zone: zoneName(new Date(now), zone) })}</p>
      </div>
    </div>
  );
}

function same(a: Range, b: Range): boolean {
  return a.from === b.from && a.to === b.to;
}

function Choice({ label, current, choose }: { label: string; current: boolean; choose: () => void }) {
  return <button type="button" className="range-choice" aria-pressed={current} data-autofocus={current || undefined} onClick={choose}>{label}</button>;
}

// Two bounds in words, and a month to pick days from that fills them in.
function Own({ value, now, zone, choose }: { value: Range; now: number; zone: string; choose: (range: Range) => void }) {
  const { t } = useTranslation();
  const id = useId();
  const shown = (bound: string) => (bound.startsWith('now') || bound === '' ? bound : boundName(bound, zone, '', ''));
  const [from, setFrom] = useState(shown(value.from));
  const [to, setTo] = useState(shown(value.to || 'now'));
  const [half, setHalf] = useState(false);
  const read = { from: readBound(from, now, zone), to: readBound(to, now, zone, true) };
  const [start, end] = [read.from && resolve(read.from, now), read.to && resolve(read.to, now)];
  const wrong = !start ? 'from' : !end ? 'to' : start >= end ? 'order' : undefined;
  const dayOf = (at: Date | '' | undefined, back = 0) => (at ? Math.floor((wall(at, zone).getTime() - back) / 86_400_000) * 86_400_000 : undefined);
  const pick = (day: number) => {
    const text = new Date(day).toISOString().slice(0, 10);
    const first = dayOf(start);
    if (half && first !== undefined && day >= first) {
      setTo(text);
      setHalf(false);
      return;
    }
    setFrom(text);
    setTo(text);
    setHalf(true);
  };
  return (
    <form
      className="range-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!wrong && read.from && read.to) choose({ from: read.from, to: read.to });
      }}
    >
      <label htmlFor={`${id}-from`}>{t('kit.range.from')}</label>
      <input id={`${id}-from`} className="field mono" value={from} onChange={(event) => setFrom(event.target.value)} aria-invalid={wrong === 'from' || wrong === 'order'} aria-describedby={`${id}-hint`} autoComplete="off" spellCheck={false} />
      <label htmlFor={`${id}-to`}>{t('kit.range.to')}</label>
      <input id={`${id}-to`} className="field mono" value={to} onChange={(event) => setTo(event.target.value)} aria-invalid={wrong === 'to' || wrong === 'order'} aria-describedby={`${id}-hint`} autoComplete="off" spellCheck={false} />
      <p id={`${id}-hint`} className={wrong ? 'range-wrong' : 'faint'} role={wrong ? 'alert' : undefined}>
        {wrong === 'order' ? t('kit.range.order') : t('kit.range.hint')}
      </p>
      <button type="submit" className="plain-button primary" disabled={wrong !== undefined}>{t('kit.range.apply')}</button>
      <Calendar from={dayOf(start)} to={dayOf(end, 1)} today={dayOf(new Date(now)) ?? 0} pick={pick} />
    </form>
  );
}
