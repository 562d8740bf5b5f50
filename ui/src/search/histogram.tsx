import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bucket } from '../client';
import { count } from '../kit/number';
import { absolute } from '../kit/time';

interface Props {
  data: { buckets: Bucket[]; total: number } | undefined;
  failed: boolean;
  zoom: (from: Date, to: Date) => void;
}

const height = 56; // px of the tallest bar

/** Events over time. A click on a bar, or dragging over several, narrows the time range to it. */
export function Histogram({ data, failed, zoom }: Props) {
  const { t } = useTranslation();
  if (failed) return null; // the list beside it says what went wrong
  if (!data) return <div className="histogram" aria-hidden="true" />;
  if (data.buckets.length === 0) return null;
  return (
    <figure className="histogram" aria-label={t('search.histogram')}>
      <Bars buckets={data.buckets} zoom={zoom} />
    </figure>
  );
}

function Bars({ buckets, zoom }: { buckets: Bucket[]; zoom: Props['zoom'] }) {
  const { t, i18n } = useTranslation();
  const [drag, setDrag] = useState<[start: number, end: number]>();
  const box = useRef<SVGSVGElement>(null);
  const width = widthOf(buckets);
  const most = Math.max(1, ...buckets.map((bucket) => bucket.count));
  const indexAt = (event: React.PointerEvent) => {
    const rect = box.current?.getBoundingClientRect();
    if (!rect || rect.width === 0) return 0;
    const at = Math.floor(((event.clientX - rect.left) / rect.width) * buckets.length);
    return Math.min(buckets.length - 1, Math.max(0, at));
  };
  const finish = () => {
    if (!drag) return;
    setDrag(undefined);
    const [first, last] = drag[0] <= drag[1] ? drag : [drag[1], drag[0]];
    const from = timeOf(buckets[first]);
    const to = timeOf(buckets[last]);
    if (from !== undefined && to !== undefined) zoom(new Date(from), new Date(to + width));
  };
  const inside = (i: number) => drag !== undefined && i >= Math.min(...drag) && i <= Math.max(...drag);
  return (
    <>
      <svg
        ref={box}
        viewBox={`0 0 ${buckets.length} ${height}`}
        preserveAspectRatio="none"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          const at = indexAt(event);
          setDrag([at, at]);
        }}
        onPointerMove={(event) => drag && setDrag([drag[0], indexAt(event)])}
        onPointerUp={finish}
        onPointerCancel={() => setDrag(undefined)}
      >
        {buckets.map((bucket, i) => {
          const size = bucket.count === 0 ? 0 : Math.max(1.5, (bucket.count / most) * (height - 2));
          return (
            <g key={bucket.at} className={inside(i) ? 'bar picked' : 'bar'}>
              <rect className="hit" x={i} y={0} width={1} height={height} />
              <rect className="value" x={i + 0.08} y={height - size} width={0.84} height={size} />
              <title>{`${absolute(new Date(bucket.at))} · ${t('kit.rows', { count: bucket.count, shown: count(bucket.count, i18n.language) })}`}</title>
            </g>
          );
        })}
      </svg>
      <figcaption className="row faint">
        <span>{absolute(new Date(timeOf(buckets[0]) ?? 0))}</span>
        <span className="grow" />
        <span>{t('search.most', { most: count(most, i18n.language) })}</span>
        <span className="grow" />
        <span>{absolute(new Date((timeOf(buckets[buckets.length - 1]) ?? 0) + width))}</span>
      </figcaption>
    </>
  );
}

function timeOf(bucket: Bucket | undefined): number | undefined {
  return bucket && new Date(bucket.at).getTime();
}

function widthOf(buckets: Bucket[]): number {
  const first = timeOf(buckets[0]);
  const second = timeOf(buckets[1]);
  return first === undefined || second === undefined ? 60_000 : second - first;
}
