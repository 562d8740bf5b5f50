/** 12,345 in the page's language. */
export function count(value: number, language: string): string {
  return new Intl.NumberFormat(language).format(value);
}

/** What a text with a plural takes: the number that chooses the form, and as it is shown. */
export function counted(value: number, language: string): { count: number; shown: string } {
  return { count: value, shown: count(value, language) };
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** 1.4 GiB; binary units, as disks and queues are configured. */
export function bytes(value: number): string {
  let size = value;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  const digits = unit === 0 || size >= 100 ? 0 : 1;
  return `${size.toFixed(digits)} ${units[unit]}`;
}

/** 350 ms, 2.4 s, 3 min 5 s, 2 h 5 min, 4 d 3 h. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const pair = (big: number, bigName: string, small: number, smallName: string) =>
    small > 0 ? `${big} ${bigName} ${small} ${smallName}` : `${big} ${bigName}`;
  const whole = Math.floor(seconds);
  if (whole < 3600) return pair(Math.floor(whole / 60), 'min', whole % 60, 's');
  if (whole < 86400) return pair(Math.floor(whole / 3600), 'h', Math.floor((whole % 3600) / 60), 'min');
  return pair(Math.floor(whole / 86400), 'd', Math.floor((whole % 86400) / 3600), 'h');
}

/** 12.3 %; a dash of nothing. */
export function share(part: number, whole: number): string {
  if (whole === 0) return '–';
  const percent = (part / whole) * 100;
  return `${percent > 0 && percent < 0.1 ? '<0.1' : percent.toFixed(1)} %`;
}
