import { useTranslation } from 'react-i18next';
import type { SourcePoint } from '../client';
import { count } from '../kit/number';
import { useAbsolute } from '../kit/time';
import { seconds } from './state';
import './source.css';

/** Points put together so that no more than most are left; lags stay at their worst. */
export function thinned(points: SourcePoint[], most: number): SourcePoint[] {
  const each = Math.ceil(points.length / most);
  if (each <= 1) return points;
  const list: SourcePoint[] = [];
  for (let i = 0; i < points.length; i += each) {
    const part = points.slice(i, i + each);
    const sum = (of: (point: SourcePoint) => number) => part.reduce((all, point) => all + of(point), 0);
    list.push({
      at: part[0]!.at,
      records: sum((point) => point.records),
      bytes: sum((point) => point.bytes),
      processed: sum((point) => point.processed),
      unparsed: sum((point) => point.unparsed),
      dropped: sum((point) => point.dropped),
      lag_p50_s: part.reduce((worst, point) => (Math.abs(point.lag_p50_s) > Math.abs(worst) ? point.lag_p50_s : worst), 0),
      lag_max_s: Math.max(...part.map((point) => point.lag_max_s)),
    });
  }
  return list;
}

interface Bars {
  title: string;
  note: string;
  label: string;
  points: SourcePoint[];
  /** Heights from the ground up, each with its class. */
  parts: (point: SourcePoint) => [string, number][];
  says: (point: SourcePoint) => string;
}

const height = 72;

function Chart({ title, note, label, points, parts, says }: Bars) {
  const absolute = useAbsolute();
  const most = Math.max(1, ...points.map((point) => parts(point).reduce((sum, [, value]) => sum + value, 0)));
  return (
    <figure>
      <figcaption><span>{title}</span><span>{note}</span></figcaption>
      <svg viewBox={`0 0 ${points.length} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
        {points.map((point, i) => {
          let ground = height;
          return (
            <g key={point.at}>
              {parts(point).map(([name, value]) => {
                if (value <= 0) return null;
                const tall = Math.max(1, (value / most) * (height - 4));
                ground -= tall;
                return <rect key={name} className={name} x={i + 0.08} width={0.84} y={ground} height={tall} />;
              })}
              <rect className="hit" x={i} width={1} y={0} height={height}><title>{`${absolute(new Date(point.at))} · ${says(point)}`}</title></rect>
            </g>
          );
        })}
      </svg>
    </figure>
  );
}

/** What a source did over time: records with those nobody understood, and how late they came. */
export function Series({ points, span }: { points: SourcePoint[]; span: string }) {
  const { t, i18n } = useTranslation();
  const absolute = useAbsolute();
  const shown = thinned(points, 180);
  const number = (value: number) => count(value, i18n.language);
  const total = points.reduce((sum, point) => sum + point.records, 0);
  const unparsed = points.reduce((sum, point) => sum + point.unparsed, 0);
  const dropped = points.reduce((sum, point) => sum + point.dropped, 0);
  const worst = points.reduce((most, point) => (Math.abs(point.lag_p50_s) > Math.abs(most) ? point.lag_p50_s : most), 0);
  const says = ({ records, unparsed, dropped }: Pick<SourcePoint, 'records' | 'unparsed' | 'dropped'>) => t('source.chart.point', { count: records, shown: number(records), unparsed: number(unparsed), dropped: number(dropped) });
  const all = says({ records: total, unparsed, dropped });
  return (
    <div className="series">
      <Chart
        title={t('source.chart.records')}
        note={all}
        label={`${t('source.chart.records')}, ${span}: ${all}`}
        points={shown}
        parts={(point) => [['unparsed', Math.min(point.unparsed, point.records)], ['records', Math.max(0, point.records - point.unparsed)], ['dropped', point.dropped]]}
        says={says}
      />
      <Chart
        title={t('source.chart.lag')}
        note={t('source.chart.worst', { shown: seconds(worst) })}
        label={`${t('source.chart.lag')}, ${span}: ${t('source.chart.worst', { shown: seconds(worst) })}`}
        points={shown}
        parts={(point) => [['lag', Math.abs(point.lag_p50_s)]]}
        says={(point) => t('source.chart.lagPoint', { median: seconds(point.lag_p50_s), most: seconds(point.lag_max_s) })}
      />
      {shown.length > 0 && (
        <p className="axis"><span>{absolute(new Date(shown[0]!.at))}</span><span>{t('source.chart.now')}</span></p>
      )}
    </div>
  );
}
