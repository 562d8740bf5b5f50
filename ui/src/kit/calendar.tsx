import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import './calendar.css';

const day = 86_400_000;

interface Props {
  /** First and last day that are picked, as UTC midnights of the clocks' dates. */
  from: number | undefined;
  to: number | undefined;
  today: number;
  pick: (day: number) => void;
}

/** A month of days to pick from; arrows move by days and weeks, PageUp and PageDown by months. */
export function Calendar({ from, to, today, pick }: Props) {
  const { t, i18n } = useTranslation();
  const [focus, setFocus] = useState(Math.min(to ?? today, today));
  const grid = useRef<HTMLTableElement>(null);
  const shown = new Date(focus);
  const [year, month] = [shown.getUTCFullYear(), shown.getUTCMonth()];
  const first = Date.UTC(year, month, 1);
  const monday = first - ((new Date(first).getUTCDay() + 6) % 7) * day;
  const weeks = Array.from({ length: 6 }, (_, week) => Array.from({ length: 7 }, (_, i) => monday + (week * 7 + i) * day))
    .filter((week) => week.some((at) => new Date(at).getUTCMonth() === month));
  const move = (to: number, keep = true) => {
    setFocus(to);
    if (keep) requestAnimationFrame(() => grid.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus());
  };
  const months = (by: number) => {
    const last = new Date(Date.UTC(year, month + by + 1, 0)).getUTCDate();
    return Date.UTC(year, month + by, Math.min(shown.getUTCDate(), last));
  };
  const steps: Record<string, () => number> = {
    ArrowLeft: () => focus - day, ArrowRight: () => focus + day, ArrowUp: () => focus - 7 * day, ArrowDown: () => focus + 7 * day,
    PageUp: () => months(-1), PageDown: () => months(1), Home: () => first, End: () => Date.UTC(year, month + 1, 0),
  };
  const format = (options: Intl.DateTimeFormatOptions, at: number) => new Intl.DateTimeFormat(i18n.language, { ...options, timeZone: 'UTC' }).format(at);
  return (
    <div className="calendar">
      <div className="calendar-head">
        <button type="button" className="plain-button bare" aria-label={t('kit.range.earlier')} onClick={() => move(months(-1), false)}>‹</button>
        <span aria-live="polite">{format({ year: 'numeric', month: 'long' }, first)}</span>
        <button type="button" className="plain-button bare" aria-label={t('kit.range.later')} onClick={() => move(months(1), false)}>›</button>
      </div>
      <table
        ref={grid}
        role="grid"
        aria-label={format({ year: 'numeric', month: 'long' }, first)}
        onKeyDown={(event) => {
          const next = steps[event.key];
          if (!next) return;
          event.preventDefault();
          move(next());
        }}
      >
        <thead>
          <tr>{weeks[0]?.map((at) => <th key={at} scope="col" abbr={format({ weekday: 'long' }, at)}>{format({ weekday: 'narrow' }, at)}</th>)}</tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]}>
              {week.map((at) => {
                const within = from !== undefined && at >= from && at <= (to ?? from);
                const classes = [new Date(at).getUTCMonth() === month ? '' : 'other', within ? 'within' : '', at === today ? 'today' : ''].join(' ');
                return (
                  <td key={at} aria-selected={within}>
                    <button type="button" className={classes} tabIndex={at === focus ? 0 : -1} disabled={at > today} aria-label={format({ dateStyle: 'long' }, at)} onClick={() => { setFocus(at); pick(at); }}>
                      {new Date(at).getUTCDate()}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
