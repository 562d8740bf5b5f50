import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HistogramResult } from '../client';
import { count, duration } from '../kit/number';
import { useAbsolute } from '../kit/time';
import { revealed } from '../kit/reveal';
import { Untrusted } from '../kit/untrusted';

interface Props {
  data: HistogramResult | undefined;
  failed: boolean;
  busy: boolean;
  zoom: (from: Date, to: Date) => void;
  pick: (value: string) => void;
}

const height = 64; // px of the tallest bar
const signs = ['■', '▲', '●', '◆', '▼', '□'];

/** Events over time. Dragging, or the arrow keys with Shift and Enter, narrows the time; a click narrows to one bar. */
export function Histogram({ data, failed, busy, zoom, pick }: Props) {
  const { t } = useTranslation();
  if (failed) return null; // the list beside it says what went wrong
  return (
    <figure className={`histogram ${busy ? 'busy' : ''}`} aria-label={t('search.histogram')}>
      {data && data.buckets.length > 0 ? <Bars data={data} zoom={zoom} pick={pick} /> : <div className="histogram-space" />}
    </figure>
  );
}

function Bars({ data, zoom, pick }: { data: HistogramResult; zoom: Props['zoom']; pick: Props['pick'] }) {
  const { t, i18n } = useTranslation();
  const absolute = useAbsolute();
  const { buckets, series } = data;
  const [span, setSpan] = useState<[start: number, end: number]>();
  const [dragging, setDragging] = useState(false);
  const [cursor, setCursor] = useState(-1);
  const box = useRef<SVGSVGElement>(null);
  const width = data.width_s * 1000;
  const most = Math.max(1, ...buckets.map((bucket) => bucket.count));
  const startOf = (i: number) => new Date(buckets[i]?.at ?? 0).getTime();
  const indexAt = (event: React.PointerEvent) => {
    const rect = box.current?.getBoundingClientRect();
    if (!rect || rect.width === 0) return 0;
    const at = Math.floor(((event.clientX - rect.left) / rect.width) * buckets.length);
    return Math.min(buckets.length - 1, Math.max(0, at));
  };
  const take = (chosen: [number, number]) => {
    const [first, last] = chosen[0] <= chosen[1] ? chosen : [chosen[1], chosen[0]];
    setSpan(undefined);
    zoom(new Date(startOf(first)), new Date(startOf(last) + width));
  };
  const inside = (i: number) => span !== undefined && i >= Math.min(...span) && i <= Math.max(...span);
  const say = (i: number) => {
    const bucket = buckets[i];
    if (!bucket) return '';
    const parts = series.map((one, k) => `${signs[k]} ${revealed(one.value.slice(0, 40))} ${count(one.counts[i] ?? 0, i18n.language)}`);
    return [`${absolute(new Date(bucket.at))} · ${t('kit.rows', { count: bucket.count, shown: count(bucket.count, i18n.language) })}`, ...parts].join('\n');
  };
  const onKey = (event: React.KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -buckets.length, End: buckets.length }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const to = Math.max(0, Math.min(buckets.length - 1, (cursor < 0 ? (step > 0 ? -1 : buckets.length) : cursor) + step));
      setCursor(to);
      setSpan(event.shiftKey ? [span?.[0] ?? Math.max(0, cursor), to] : [to, to]);
    } else if (event.key === 'Enter' && span) {
      event.preventDefault();
      take(span);
    } else if (event.key === 'Escape') setSpan(undefined);
  };
  return (
    <>
      <div
        className="histogram-keys"
        role="slider"
        tabIndex={0}
        aria-label={t('search.histogramHint')}
        title={cursor < 0 ? undefined : say(cursor)}
        aria-valuemin={0}
        aria-valuemax={buckets.length - 1}
        aria-valuenow={Math.max(0, cursor)}
        aria-valuetext={say(Math.max(0, cursor))}
        onKeyDown={onKey}
        onBlur={() => setSpan(undefined)}
      >
        <svg
          ref={box}
          viewBox={`0 0 ${buckets.length} ${height}`}
          preserveAspectRatio="none"
          aria-hidden="true"
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            const at = indexAt(event);
            setDragging(true);
            setSpan([at, at]);
          }}
          onPointerMove={(event) => dragging && span && setSpan([span[0], indexAt(event)])}
          onPointerUp={() => {
            setDragging(false);
            if (dragging && span) take(span);
          }}
          onPointerCancel={() => {
            setDragging(false);
            setSpan(undefined);
          }}
        >
          {buckets.map((bucket, i) => (
            <g key={bucket.at} className={inside(i) ? 'bar picked' : 'bar'}>
              <rect className="hit" x={i} y={0} width={1} height={height} />
              {stack(bucket.count, series.map((one) => one.counts[i] ?? 0), most).map(({ y, size, of }) => (
                <rect key={of} className={series.length > 0 ? `series s${of}` : 'value'} x={i + 0.08} y={y} width={0.84} height={size} />
              ))}
              <title>{say(i)}</title>
            </g>
          ))}
        </svg>
      </div>
      <figcaption className="row soft">
        <span>{absolute(new Date(startOf(0)))}</span>
        <span className="grow" />
        {series.length > 0 ? <Legend data={data} pick={pick} /> : <span>{t('search.perBucket', { width: duration(width) })}</span>}
        <span className="grow" />
        <span>{absolute(new Date(startOf(buckets.length - 1) + width))}</span>
      </figcaption>
    </>
  );
}

/** The pieces of one bar from the bottom up; what no series counts is the last one, on top. */
export function stack(total: number, parts: number[], most: number): { y: number; size: number; of: number }[] {
  if (total === 0) return [];
  const scale = (n: number) => (n / most) * (height - 2);
  const rest = total - parts.reduce((sum, n) => sum + n, 0);
  const pieces = parts.length === 0 ? [{ n: total, of: 0 }] : [...parts.map((n, of) => ({ n, of })), { n: Math.max(0, rest), of: 5 }];
  let y = height;
  const out = pieces.filter(({ n }) => n > 0).map(({ n, of }) => {
    const size = scale(n);
    y -= size;
    return { y, size, of };
  });
  // A single event must be seen beside a million.
  const whole = height - y;
  const last = out[out.length - 1];
  if (last && whole < 1.5) {
    last.size += 1.5 - whole;
    last.y -= 1.5 - whole;
  }
  return out;
}

function Legend({ data, pick }: { data: HistogramResult; pick: (value: string) => void }) {
  const { t, i18n } = useTranslation();
  const rest = data.total - data.series.reduce((sum, one) => sum + one.total, 0);
  return (
    <ul className="legend">
      {data.series.map((one, i) => (
        <li key={one.value}>
          <button type="button" title={t('kit.value.keep')} onClick={() => pick(one.value)}>
            <i className={`s${i}`} aria-hidden="true">{signs[i]}</i> <span className="clip"><Untrusted value={one.value} /></span> <span className="faint">{count(one.total, i18n.language)}</span>
          </button>
        </li>
      ))}
      {rest > 0 && <li><i className="s5" aria-hidden="true">{signs[5]}</i> {t('search.other')} <span className="faint">{count(rest, i18n.language)}</span></li>}
    </ul>
  );
}
