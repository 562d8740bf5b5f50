// The few words of LogsQL that screens write for the person: filters made of a field and a value.

const plainName = /^[A-Za-z_][\w.]*$/;

/** A filter that the field has exactly this value, or that it has not. */
export function filter(field: string, value: string, keep: boolean): string {
  const name = plainName.test(field) ? field : JSON.stringify(field);
  return `${keep ? '' : '!'}${name}:=${JSON.stringify(value)}`;
}

/** The query with one more condition. Pipes stay behind; alternatives get the brackets they need. */
export function and(query: string, condition: string): string {
  const [head, pipes] = splitPipes(query);
  const base = head.trim();
  const joined = base === '' || base === '*' ? condition : `${/(^|[\s)])or([\s(]|$)/i.test(base) ? `(${base})` : base} ${condition}`;
  return pipes ? `${joined} ${pipes}` : joined;
}

/** Whether the answer is rows of a calculation instead of events. */
export function hasPipes(query: string): boolean {
  return splitPipes(query)[1] !== '';
}

/** The part of a query before its pipes: which events it is about. */
export function filterPart(query: string): string {
  return splitPipes(query)[0].trim();
}

function splitPipes(query: string): [head: string, pipes: string] {
  let quote = '';
  for (let i = 0; i < query.length; i++) {
    const char = query[i] ?? '';
    if (quote) {
      if (char === '\\' && quote !== '`') i++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'" || char === '`') quote = char;
    else if (char === '|') return [query.slice(0, i), query.slice(i)];
  }
  return [query, ''];
}

/** Where a byte offset of the UTF-8 text lies in the string. */
export function indexOfByte(text: string, offset: number): number {
  let bytes = 0;
  let index = 0;
  for (const char of text) {
    if (bytes >= offset) break;
    bytes += new TextEncoder().encode(char).length;
    index += char.length;
  }
  return index;
}

/** Whether the archive has the field under this name; some are put on by the server on the way out. */
export function searchable(field: string): boolean {
  return field !== '@timestamp' && field !== 'isoc.tenant';
}

const address = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)$/;
const addressFields = ['source.ip', 'destination.ip', 'client.ip', 'server.ip', 'host.ip', 'source.nat.ip', 'destination.nat.ip'];

/**
 * Events that hold the value anywhere: in the record as it was received, where a JSON record holds it escaped, or,
 * for an address, in a field that was made from it in another notation.
 */
export function everywhere(value: string): string {
  const forms = [...new Set([value, JSON.stringify(value).slice(1, -1)])];
  const filters = forms.map((form) => `event.original:${JSON.stringify(form)}`);
  filters.push(`message:${JSON.stringify(value)}`);
  if (address.test(value)) filters.push(...addressFields.map((field) => filter(field, value, true)));
  return filters.join(' or ');
}
