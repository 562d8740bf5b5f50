/** Places of moments on a line, in percent, with a little room at both ends; one moment alone stands in the middle. */
export function placed(moments: string[]): { from: string; to: string; at: (moment: string) => number } {
  const times = moments.map((each) => new Date(each).getTime()).filter((each) => !Number.isNaN(each));
  const first = Math.min(...times);
  const last = Math.max(...times);
  const width = last - first;
  return {
    from: times.length > 0 ? new Date(first).toISOString() : '',
    to: times.length > 0 ? new Date(last).toISOString() : '',
    at: (moment) => (width > 0 ? 2 + ((new Date(moment).getTime() - first) / width) * 96 : 50),
  };
}
