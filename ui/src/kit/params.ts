// Readers of URL parameters. What does not fit is dropped: a link from elsewhere must open something.

export function text(value: unknown, most = 500): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value.slice(0, most) : undefined;
}

export function oneOf<const T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((each) => each === value);
}

/** Several values of a list, comma-separated in the URL. */
export function someOf<const T extends string>(value: unknown, allowed: readonly T[]): T[] {
  if (typeof value !== 'string') return [];
  const parts = value.split(',');
  return allowed.filter((each) => parts.includes(each));
}
