/** What is known of the words of rules, as GET /api/v1/rules/schema gives it. */
export interface Schema {
  modifiers: string[];
  correlations: string[];
  products: string[];
  categories: string[];
  services: string[];
  fields: string[];
}

export interface Known extends Schema {
  /** ATT&CK: tags with names. */
  tags: { tag: string; name: string }[];
}

/** What can stand at a place of a text. */
export interface Offer {
  from: number;
  options: { label: string; detail?: string; insert?: string }[];
}

const top = ['title', 'id', 'name', 'status', 'description', 'references', 'author', 'date', 'modified', 'tags', 'logsource', 'detection', 'correlation', 'filter', 'fields', 'falsepositives', 'level', 'isoc'];
const nested = new Set(['logsource', 'detection', 'correlation', 'filter', 'isoc', 'aliases']);
const lists = new Set(['tags', 'references', 'falsepositives', 'rules', 'group-by', 'fields', 'falsepositives_zh']);
const correlationKeys = ['type', 'rules', 'group-by', 'timespan', 'condition', 'aliases', 'generate', 'until'];
const isocKeys = ['title_zh', 'description_zh', 'advice', 'advice_zh', 'falsepositives_zh'];
const comparisons = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq', 'field', 'percentile'];
const grouped = ['host.name', 'user.name', 'source.ip', 'destination.ip', 'process.name', 'isoc.source.id'];
export const levels = ['informational', 'low', 'medium', 'high', 'critical'];
export const statuses = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'];

interface Place {
  /** Keys above the line, the outermost first. */
  path: string[];
  line: string;
  indent: number;
}

/** Where in the document a position is, told by indents alone, so that a text with faults has places too. */
export function placeOf(text: string, at: number): Place {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const line = text.slice(start, at);
  const indent = width(line);
  let within = indent;
  const path: string[] = [];
  const above = text.slice(0, start).split('\n').slice(0, -1);
  for (let i = above.length - 1; i >= 0 && within > 0; i--) {
    const other = above[i] ?? '';
    if (/^(---|\.\.\.)\s*$/.test(other)) break;
    if (other.trim() === '' || other.trimStart().startsWith('#')) continue;
    const its = width(other);
    if (its >= within) continue;
    const key = /^[\s-]*(?:"([^"]*)"|'([^']*)'|([^:#]+?))\s*:(\s|$)/.exec(other);
    // Behind the dash of a list stands a key of the same map, unless the line is further in than that.
    if (key && width(other.replace('-', ' ')) < within) path.unshift(key[1] ?? key[2] ?? key[3] ?? '');
    within = its;
  }
  // A list may stand as far left as its key.
  if (/^\s*-/.test(line) || indent === 0) {
    const upper = above.findLast((other) => other.trim() !== '' && !/^\s*-/.test(other) && !other.trimStart().startsWith('#'));
    const key = upper === undefined || width(upper) !== indent ? undefined : /^\s*([^:#]+?)\s*:\s*$/.exec(upper)?.[1];
    if (/^\s*-/.test(line) && key) path.push(key);
  }
  return { path, line, indent };
}

function width(line: string): number {
  return line.length - line.trimStart().length;
}

/** The log source of the document that a position is in, as far as it is written. */
export function logSourceAt(text: string, at: number): { product?: string; category?: string; service?: string } {
  const before = text.slice(0, at).split(/^---\s*$/m).length - 1;
  const own = text.split(/^---\s*$/m)[before] ?? '';
  const block = /^logsource:[ \t]*(.*)\n((?:[ \t]+.*\n?|\s*\n)*)/m.exec(`${own}\n`);
  const words = block ? `${block[1]}\n${block[2]}` : '';
  const of = (key: string) => new RegExp(`(?:^|[\\s{,])${key}:[ \\t]*["']?([\\w.-]+)`, 'm').exec(words)?.[1];
  return { product: of('product'), category: of('category'), service: of('service') };
}

/** The searches that the document names, for its condition. */
export function searchesAt(text: string, at: number): string[] {
  const before = text.slice(0, at).split(/^---\s*$/m).length - 1;
  const own = text.split(/^---\s*$/m)[before] ?? '';
  const block = /^(?:detection|filter):[ \t]*\n((?:[ \t]+.*\n?|\s*\n)*)/m.exec(`${own}\n`)?.[1] ?? '';
  const first = /^([ \t]+)\S/m.exec(block)?.[1];
  if (!first) return [];
  return [...block.matchAll(new RegExp(`^${first}([^\\s:#-][^:#]*):`, 'gm'))].flatMap((m) => (m[1] && m[1] !== 'condition' && m[1] !== 'rules' ? [m[1]] : []));
}

/** Names that documents of the text go by, for correlations. */
function namesIn(text: string): string[] {
  return [...text.matchAll(/^name:[ \t]*(\S+)/gm)].flatMap((m) => m[1] ?? []);
}

const plain = (labels: string[], detail?: string) => labels.map((label) => ({ label, detail }));
const keys = (labels: string[]) => labels.map((label) => ({ label, insert: nested.has(label) ? `${label}:\n  ` : lists.has(label) ? `${label}:\n  - ` : `${label}: ` }));

/** What can stand at a position, or undefined where nothing is known of it. */
export function offers(text: string, at: number, known: Known): Offer | undefined {
  const { path, line } = placeOf(text, at);
  if (/^\s*#/.test(line)) return undefined;
  const value = /^(\s*(?:-\s+)?)([^:#'"]+?|'[^']*'|"[^"]*")\s*:\s+(.*)$/.exec(line);
  if (value) return valueOffer(text, at, path, value[2] ?? '', value[3] ?? '', known);
  const item = /^\s*-\s+(.*)$/.exec(line);
  if (item) {
    const offered = itemOffer(text, at, path, item[1] ?? '', known);
    if (offered) return offered;
  }
  const typed = /^\s*(?:-\s+)?([^\s:#]*)$/.exec(line)?.[1];
  if (typed === undefined) return undefined;
  return keyOffer(at, path, typed, known);
}

function keyOffer(at: number, path: string[], typed: string, known: Known): Offer | undefined {
  const from = at - typed.length;
  const [outer, inner] = path;
  if (path.length === 0) return { from, options: keys(top) };
  if (outer === 'logsource' && path.length === 1) return { from, options: keys(['product', 'category', 'service']) };
  if (outer === 'isoc' && path.length === 1) return { from, options: keys(isocKeys) };
  if (outer === 'correlation' && path.length === 1) return { from, options: keys(correlationKeys) };
  if (outer === 'correlation' && inner === 'condition') return { from, options: keys(comparisons) };
  if (outer !== 'detection' && outer !== 'filter') return undefined;
  if (path.length === 1) return { from, options: keys(outer === 'filter' ? ['rules', 'selection', 'condition'] : ['selection', 'filter_main_', 'keywords', 'condition']).map((each) => (each.label === 'filter_main_' ? { label: 'filter_main_', insert: 'filter_main_' } : each)) };
  if (path.length > 2) return undefined; // values
  const bar = typed.lastIndexOf('|');
  if (bar >= 0) return { from: from + bar + 1, options: plain(known.modifiers) };
  return { from, options: plain(known.fields) };
}

function valueOffer(text: string, at: number, path: string[], key: string, typed: string, known: Known): Offer | undefined {
  const word = /[^\s,[\]{}("']*$/.exec(typed)?.[0] ?? '';
  const from = at - word.length;
  const inside = path.at(-1);
  if (inside === undefined) {
    if (key === 'level') return { from, options: plain(levels) };
    if (key === 'status') return { from, options: plain(statuses) };
    if (key === 'logsource') return undefined;
    return undefined;
  }
  if (inside === 'logsource') {
    const list = { product: known.products, category: known.categories, service: known.services }[key];
    return list && { from, options: plain(list) };
  }
  if (inside === 'correlation' && key === 'type') return { from, options: plain(known.correlations) };
  if (inside === 'correlation' && key === 'generate') return { from, options: plain(['true', 'false']) };
  if ((inside === 'detection' || inside === 'filter') && key === 'condition') {
    return { from, options: [...plain(searchesAt(text, at)), ...plain(['and', 'or', 'not', '1 of', 'all of', 'them'])] };
  }
  return undefined;
}

function itemOffer(text: string, at: number, path: string[], typed: string, known: Known): Offer | undefined {
  const from = at - typed.length;
  switch (path.at(-1)) {
    case 'tags':
      return { from, options: known.tags.map(({ tag, name }) => ({ label: tag, detail: name })) };
    case 'rules':
      return { from, options: plain(namesIn(text)) };
    case 'group-by':
      return { from, options: plain([...grouped, ...known.fields]) };
    case 'fields':
      return path.length === 1 ? { from, options: plain(known.fields) } : undefined;
  }
  return undefined;
}
