// LogsQL cut into tokens, as internal/query does it on the server: enough to colour a query and to know what is being
// typed. Whether the query is right, the server says.

export type Kind = 'word' | 'quoted' | 'open' | 'symbol'; // open: a quote that is not closed yet

export interface Token {
  kind: Kind;
  text: string;
  from: number;
  to: number;
  /** White space stands before it. */
  space: boolean;
}

const word = /^[\p{L}\p{N}_]+/u;
const space = /^\s+/u;
const pairs = ['=~', '!~', '!='];

/** Tokens of the text, to its end; a quote that is never closed takes the rest. */
export function tokens(text: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  let spaced = false;
  const push = (kind: Kind, length: number) => {
    found.push({ kind, text: text.slice(at, at + length), from: at, to: at + length, space: spaced });
    at += length;
    spaced = false;
  };
  while (at < text.length) {
    const rest = text.slice(at);
    const blank = space.exec(rest);
    const letters = word.exec(rest);
    if (blank) {
      at += blank[0].length;
      spaced = true;
    } else if (letters) push('word', letters[0].length);
    else if (/^["'`]/.test(rest)) {
      const length = quoteLength(rest);
      push(length === undefined ? 'open' : 'quoted', length ?? rest.length);
    } else if (pairs.includes(rest.slice(0, 2))) push('symbol', 2);
    else push('symbol', String.fromCodePoint(rest.codePointAt(0) ?? 0).length);
  }
  return found;
}

function quoteLength(text: string): number | undefined {
  const quote = text[0];
  for (let i = 1; i < text.length; i++) {
    if (text[i] === '\\' && quote !== '`') i++;
    else if (text[i] === quote) return i + 1;
  }
  return undefined;
}

const inName = new Set(['.', '-', '/', '$', '@', '+']);

/** A stretch of a query and what it is. */
export interface Span {
  from: number;
  to: number;
  is: 'field' | 'value' | 'text' | 'operator' | 'pipe' | 'function';
}

const logic = new Set(['and', 'or', 'not']);

/** What the parts of a query are, for colouring. */
export function spans(text: string): Span[] {
  const all = tokens(text);
  const out: Span[] = [];
  let afterPipe = false;
  let inPipe = false;
  let depth = 0;
  for (let i = 0; i < all.length; i++) {
    const token = all[i];
    if (!token) break;
    const last = nameEnd(all, i);
    const next = all[last + 1];
    if (token.kind === 'symbol' && !(inName.has(token.text) && last > i)) {
      if (token.text === '|') {
        afterPipe = true;
        inPipe = true;
      }
      if (token.text === '(') depth++;
      if (token.text === ')') depth = Math.max(0, depth - 1);
      out.push({ from: token.from, to: token.to, is: 'operator' });
      continue;
    }
    const span = { from: token.from, to: all[last]?.to ?? token.to };
    const glued = next !== undefined && !next.space;
    if (afterPipe) out.push({ ...span, is: 'pipe' });
    else if (token.kind === 'word' && last === i && logic.has(token.text.toLowerCase())) out.push({ ...span, is: 'operator' });
    else if (glued && next.text === ':') out.push({ ...span, is: 'field' });
    else if (glued && token.kind === 'word' && (next.text === '(' || next.text === '[')) out.push({ ...span, is: 'function' });
    else if (isValue(all, i)) out.push({ ...span, is: 'value' });
    else out.push({ ...span, is: token.kind === 'word' && !inPipe ? 'text' : token.kind === 'word' ? 'field' : 'value' });
    afterPipe = false;
    i = last;
  }
  return out;
}

// Words, dots and dashes written together are one name.
function nameEnd(all: Token[], from: number): number {
  let last = from;
  if (all[from]?.kind === 'quoted' || all[from]?.kind === 'open') return last;
  for (let i = from + 1; i < all.length; i++) {
    const token = all[i];
    if (!token || token.space || !(token.kind === 'word' || inName.has(token.text))) break;
    last = i;
  }
  return last;
}

function isValue(all: Token[], at: number): boolean {
  for (let i = at - 1; i >= 0; i--) {
    const token = all[i];
    const after = all[i + 1];
    if (!token || after?.space) return false;
    if (token.text === ':') return true;
    if (!/^[=~<>!]+$/.test(token.text)) return false;
  }
  return false;
}

/** What is being typed at a place of a query. */
export type Context =
  | { kind: 'field'; from: number; typed: string }
  | { kind: 'value'; from: number; typed: string; field: string; operator: string; list: boolean }
  | { kind: 'pipe'; from: number; typed: string }
  | { kind: 'stats'; from: number; typed: string }
  | { kind: 'name'; from: number; typed: string } // a field in a pipe
  | { kind: 'none' };

const statsPipes = new Set(['stats', 'running_stats', 'total_stats']);
const filterPipes = new Set(['filter', 'where']);

/** What stands before the cursor decides what can come next. */
export function contextAt(text: string, pos: number): Context {
  const before = tokens(text.slice(0, pos));
  const pipe = lastPipe(before);
  const own = before.slice(pipe + 1);
  const current = run(own, pos);
  const typed = text.slice(current.from, pos);
  const head = own[0];
  if (pipe >= 0 && (head === undefined || (own.length === 1 && head.to === pos && head.kind === 'word'))) {
    return { kind: 'pipe', from: head?.from ?? pos, typed: head?.text ?? '' };
  }
  if (pipe >= 0 && head && !filterPipes.has(head.text)) {
    if (own.some((token) => token.kind === 'open')) return { kind: 'none' };
    const open = openBracket(own);
    const caller = open > 0 ? own[open - 1]?.text.toLowerCase() : undefined;
    if (statsPipes.has(head.text) && open < 0) return { kind: 'stats', from: current.from, typed };
    return caller === 'if' ? filterContext(own.slice(open + 1), text, pos) : { kind: 'name', from: current.from, typed };
  }
  return filterContext(pipe >= 0 ? own.slice(1) : own, text, pos);
}

function lastPipe(all: Token[]): number {
  let depth = 0;
  const stack: number[] = [-1];
  all.forEach((token, i) => {
    if (token.kind !== 'symbol') return;
    if (token.text === '(') {
      depth++;
      stack[depth] = -1;
    } else if (token.text === ')') depth = Math.max(0, depth - 1);
    else if (token.text === '|') stack[depth] = i;
  });
  while (depth > 0 && stack[depth] === -1) depth--; // brackets of the pipe itself
  return stack[depth] ?? -1;
}

// The tokens written together up to the cursor.
function run(all: Token[], pos: number): { from: number; first: number } {
  let from = pos;
  let first = all.length;
  for (let i = all.length - 1; i >= 0; i--) {
    const token = all[i];
    if (!token || token.to !== from || !(token.kind === 'word' || token.kind === 'quoted' || inName.has(token.text))) break;
    from = token.from;
    first = i;
    if (token.space) break;
  }
  return { from, first };
}

function openBracket(all: Token[]): number {
  let depth = 0;
  for (let i = all.length - 1; i >= 0; i--) {
    const token = all[i];
    if (token?.kind !== 'symbol') continue;
    if (token.text === ')') depth++;
    else if (token.text === '(' && depth-- === 0) return i;
  }
  return -1;
}

const listFunctions = new Set(['in', 'contains_any', 'contains_all', 'exact', 'i']);

function filterContext(own: Token[], text: string, pos: number): Context {
  const last = own[own.length - 1];
  const quote = last?.kind === 'open' ? last : undefined;
  const body = quote ? own.slice(0, -1) : own;
  const at = quote?.from ?? pos;
  const current = quote ? { from: quote.from, first: body.length } : run(body, pos);
  const typed = quote ? text.slice(quote.from + 1, pos) : text.slice(current.from, pos);
  // field:value, with or without an operator between
  let i = current.first - 1;
  let operator = '';
  const spaced = (quote ?? own[current.first])?.space ?? (last !== undefined && last.to < at);
  if (!spaced) {
    while (i >= 0 && /^(?:[=~<>!]+)$/.test(body[i]?.text ?? '')) {
      operator = (body[i]?.text ?? '') + operator;
      if (body[i]?.space) break;
      i--;
    }
    if (body[i]?.text === ':' && body[i]?.to === (body[i + 1]?.from ?? at)) {
      const field = fieldBefore(body, i);
      if (field !== undefined) return { kind: 'value', from: current.from, typed, field, operator, list: false };
    }
  }
  // field:in(a, b
  const open = openBracket(body);
  const name = open > 0 ? body[open - 1] : undefined;
  if (name && listFunctions.has(name.text.toLowerCase()) && body[open - 2]?.text === ':') {
    const field = fieldBefore(body, open - 2);
    if (field !== undefined) return { kind: 'value', from: current.from, typed, field, operator: '', list: true };
  }
  if (quote) return { kind: 'none' };
  return { kind: 'field', from: current.from, typed };
}

function fieldBefore(all: Token[], colon: number): string | undefined {
  const end = all[colon];
  if (!end) return undefined;
  const name = run(all.slice(0, colon), end.from);
  const token = all[name.first];
  if (!token || name.first >= colon) return undefined;
  if (token.kind === 'quoted') return unquoted(token.text);
  return all.slice(name.first, colon).map((each) => each.text).join('');
}

function unquoted(text: string): string {
  if (text[0] === '"') {
    try {
      return JSON.parse(text) as string;
    } catch {
      return text.slice(1, -1);
    }
  }
  return text.slice(1, -1);
}
