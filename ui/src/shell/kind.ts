/** What a pasted text looks like. */
export type Kind = 'id' | 'address' | 'hash' | 'name' | undefined;

const v4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)$/;
const v6 = /^(?=.*:.*:)[0-9a-f:]{2,39}(?:(?::(?:\d{1,3}\.){3}\d{1,3})?)$/i;
const hash = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})$/i;
const ulid = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/i;
const domain = /^(?=.{4,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/i;

/** Tells ids, addresses, hashes and host names from words, so that the palette can offer to look for them. */
export function kindOf(text: string): Kind {
  const value = text.trim();
  if (ulid.test(value)) return 'id';
  if (v4.test(value) || v6.test(value)) return 'address';
  if (hash.test(value)) return 'hash';
  if (domain.test(value)) return 'name';
  return undefined;
}
