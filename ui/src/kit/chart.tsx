import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import './chart.css';
import type { ChartOption, Engine } from './chart-engine';
import { readInk, type Ink } from './chart-ink';
import { revealed } from './reveal';
import { useMode } from './theme';

/** One mark of a chart: a bar's part or a point of a line. */
export interface Mark {
  /** Id of the series. */
  series: string;
  /** Place on the axis of categories, from 0. */
  index: number;
}

/** The figures of a chart as a table: what a reader without the picture, and a keyboard, goes through. */
export interface ChartTable {
  /** Name of the categories, then of each series. */
  head: string[];
  /** Ids of the series, in the order of the columns after the first. */
  series: string[];
  rows: { name: string; cells: (number | null)[] }[];
}

interface Props {
  /** Says what the chart shows, for those who do not see it. */
  label: string;
  /** Made anew from the theme's colours; keep it stable with useCallback. */
  option: (ink: Ink) => ChartOption;
  table: ChartTable;
  height?: number;
  /** Opens the rows behind a mark: by click, and by Enter on the same figure in the table. */
  onPick?: (mark: Mark) => void;
  /** Takes a span of the categories, both ends included, that was dragged over. */
  onSpan?: (first: number, last: number) => void;
  format?: (value: number) => string;
}

/** A chart, and the same figures as a table on demand. The library comes when the first chart is shown. */
export function Chart({ label, option, table, height = 180, onPick, onSpan, format = String }: Props) {
  const { t } = useTranslation();
  const [asTable, setAsTable] = useState(false);
  const [broken, setBroken] = useState(false);
  const listed = asTable || broken;
  return (
    <figure className="chart">
      {!broken && (
        <button type="button" className="chart-swap" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? t('kit.chart.picture') : t('kit.chart.table')}
          <span className="unseen"> {label}</span>
        </button>
      )}
      {listed
        ? <div className="chart-table" style={{ height }} role="region" aria-label={label} tabIndex={0}><Figures label={label} table={table} onPick={onPick} format={format} /></div>
        : (
          <>
            <Plot label={label} option={option} height={height} onPick={onPick} onSpan={onSpan} failed={() => setBroken(true)} />
            <div className="unseen"><Figures label={label} table={table} format={format} /></div>
          </>
        )}
    </figure>
  );
}

function Figures({ label, table, onPick, format }: Pick<Props, 'label' | 'table' | 'onPick'> & { format: (value: number) => string }) {
  return (
    <table aria-label={label}>
      <thead><tr>{table.head.map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
      <tbody>
        {table.rows.map((row, index) => (
          <tr key={index}>
            <td>{row.name}</td>
            {row.cells.map((value, i) => {
              const series = table.series[i] ?? '';
              const shown = value === null ? '–' : format(value);
              return (
                <td key={series}>
                  {onPick && value ? <button type="button" onClick={() => onPick({ series, index })}>{shown}</button> : shown}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface PlotProps extends Pick<Props, 'label' | 'option' | 'onPick' | 'onSpan'> {
  height: number;
  failed: () => void;
}

function Plot({ label, option, height, onPick, onSpan, failed }: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const [engine, setEngine] = useState<Engine>();
  const mode = useMode();
  const pick = useRef(onPick);
  const fail = useRef(failed);
  useEffect(() => {
    pick.current = onPick;
    fail.current = failed;
  });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let made: Engine | undefined;
    let gone = false;
    const observer = new ResizeObserver(() => made?.resize());
    import('./chart-engine').then(
      ({ start }) => {
        if (gone) return;
        made = start(element);
        made.on('click', (event) => {
          if (event.seriesId !== undefined) pick.current?.({ series: event.seriesId, index: event.dataIndex });
        });
        observer.observe(element);
        setEngine(made);
      },
      () => !gone && fail.current(),
    );
    return () => {
      gone = true;
      observer.disconnect();
      made?.dispose();
      setEngine(undefined);
    };
  }, []);
  useEffect(() => {
    if (!engine || engine.isDisposed()) return;
    const ink = readInk();
    engine.setOption(framed(option(ink), ink), { notMerge: true });
  }, [engine, option, mode]);
  const plot = <div ref={box} className="chart-plot" style={{ height }} role="img" aria-label={label} />;
  return onSpan ? <Dragged engine={engine} onSpan={onSpan}>{plot}</Dragged> : plot;
}

const clickReach = 5; // px: a press that moved less is a click on a mark

/** Shows the span that is being dragged over, and tells it at the end. */
function Dragged({ engine, onSpan, children }: { engine: Engine | undefined; onSpan: (first: number, last: number) => void; children: ReactNode }) {
  const [drag, setDrag] = useState<[from: number, to: number]>();
  const x = (event: React.PointerEvent) => event.clientX - event.currentTarget.getBoundingClientRect().left;
  const end = () => {
    if (drag && engine && Math.abs(drag[1] - drag[0]) >= clickReach) {
      const most = Number((engine.getOption() as { xAxis?: { data?: unknown[] }[] }).xAxis?.[0]?.data?.length ?? 1) - 1;
      const at = (pixel: number) => Math.max(0, Math.min(most, Math.round(engine.convertFromPixel({ xAxisIndex: 0 }, pixel))));
      onSpan(at(Math.min(...drag)), at(Math.max(...drag)));
    }
    setDrag(undefined);
  };
  return (
    <div
      className="chart-drag"
      onPointerDown={(event) => event.button === 0 && setDrag([x(event), x(event)])}
      onPointerMove={(event) => drag && (event.buttons === 0 ? setDrag(undefined) : setDrag([drag[0], x(event)]))}
      onPointerUp={end}
      onPointerLeave={() => setDrag(undefined)}
    >
      {children}
      {drag && Math.abs(drag[1] - drag[0]) >= clickReach && <i className="chart-span" style={{ left: Math.min(...drag), width: Math.abs(drag[1] - drag[0]) }} />}
    </div>
  );
}

/** Text for a tip: hidden characters made visible, and nothing read as a style of the chart's own text marks. */
export function plain(text: string): string {
  return revealed(text).replace(/\{(?=[\w]+\|)/g, '{\u200b');
}

// What all charts have in common. Nothing moves: figures that come in live would never stand still. Tips are drawn and
// not markup, so that no text of a log can become any.
function framed(option: ChartOption, ink: Ink): ChartOption {
  return {
    animation: false,
    textStyle: { fontFamily: ink.sans, fontSize: 12, color: ink.soft },
    ...option,
    tooltip: {
      trigger: 'axis', axisPointer: { type: 'shadow', shadowStyle: { color: ink.line, opacity: 0.5 } }, confine: true, transitionDuration: 0,
      ...option.tooltip,
      renderMode: 'richText', backgroundColor: ink.raised, borderColor: ink.line, borderWidth: 1, padding: [6, 10],
      textStyle: { color: ink.text, fontSize: 12, lineHeight: 18, fontFamily: ink.sans },
    },
  };
}

/** The axes of a chart over time, quiet as the tables beside it. */
export function timeFrame(ink: Ink, labels: string[], most: number): Pick<ChartOption, 'grid' | 'xAxis' | 'yAxis'> {
  return {
    grid: { left: 0, right: 4, top: 8, bottom: 0, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    xAxis: {
      type: 'category', data: labels, axisTick: { show: false }, axisLine: { lineStyle: { color: ink.line } },
      axisLabel: { color: ink.soft, fontSize: 11, hideOverlap: true },
    },
    yAxis: {
      type: 'value', min: 0, max: most === 0 ? 1 : undefined, minInterval: 1, splitNumber: 3,
      splitLine: { lineStyle: { color: ink.line } }, axisLabel: { color: ink.soft, fontSize: 11, hideOverlap: true },
    },
  };
}
