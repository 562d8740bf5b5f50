interface Props {
  /** Oldest first. */
  values: number[];
  /** What the line shows, in words, for those who do not see it. */
  label: string;
  width?: number;
  height?: number;
}

/** The points of a polyline that fills a box; a line without height lies on the ground. */
export function sparkPoints(values: number[], width: number, height: number): string {
  const most = Math.max(1, ...values);
  const step = values.length > 1 ? width / (values.length - 1) : width;
  return values.map((value, i) => `${(i * step).toFixed(1)},${(height - 1 - (value / most) * (height - 2)).toFixed(1)}`).join(' ');
}

/** A line as small as a word: the shape of a series, without axes. */
export function Spark({ values, label, width = 96, height = 20 }: Props) {
  if (values.length === 0) return <span className="faint">–</span>;
  const points = sparkPoints(values, width, height);
  return (
    <svg className="spark" role="img" aria-label={label} width={width} height={height} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none">
      <title>{label}</title>
      <polygon points={`0,${height} ${points} ${width},${height}`} fill="currentColor" opacity="0.14" />
      <polyline points={points} fill="none" stroke="currentColor" strokeWidth="1.25" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
