/** What a stretch of YAML is, to be coloured. */
export type Kind = 'comment' | 'key' | 'string' | 'value' | 'mark';

export interface Span {
  from: number;
  to: number;
  is: Kind;
}

// A key is what stands before ": "; quoted text may hold anything.
const keyForm = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#:'"[\]{},&*!|>%@`-][^:#]*?|[^\s#:'"[\]{},&*!|>%@`][^:#\s]*)(?=\s*:(?:\s|$))/;
const literal = /^(?:true|false|null|~|[-+]?(?:0x[\da-f]+|\d[\d_]*(?:\.\d+)?))$/i;

/** Finds keys, text, comments and marks in a document, line by line; text over several lines by its indent. */
export function yamlSpans(text: string): Span[] {
  const spans: Span[] = [];
  let start = 0;
  let block = -1; // indent of the line that opened a block of text
  for (const line of text.split('\n')) {
    const indent = line.length - line.trimStart().length;
    const blank = line.trim() === '';
    if (block >= 0 && !blank && indent <= block) block = -1;
    if (block >= 0) {
      if (!blank) spans.push({ from: start + indent, to: start + line.length, is: 'string' });
    } else {
      readLine(line, start, spans);
      if (/(^|\s)[|>][+-]?\d*\s*(#.*)?$/.test(line)) block = indent;
    }
    start += line.length + 1;
  }
  return spans;
}

function readLine(line: string, start: number, spans: Span[]): void {
  let at = line.length - line.trimStart().length;
  const add = (length: number, is: Kind) => {
    if (length > 0) spans.push({ from: start + at, to: start + at + length, is });
    at += length;
  };
  const blanks = () => (at += /^\s*/.exec(line.slice(at))![0].length);
  while (/^-(\s|$)/.test(line.slice(at))) {
    add(1, 'mark');
    blanks();
  }
  const key = keyForm.exec(line.slice(at));
  if (key) {
    add(key[0].length, 'key');
    blanks();
    add(1, 'mark');
  }
  while (at < line.length) {
    blanks();
    const rest = line.slice(at);
    if (rest === '') return;
    const before = at === 0 || /\s/.test(line[at - 1]!);
    if (rest.startsWith('#') && before) return add(rest.length, 'comment');
    const quoted = /^(?:"(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?)/.exec(rest);
    if (quoted) add(quoted[0].length, 'string');
    else if (/^[[\]{},|>&*!]/.test(rest)) add(1, 'mark');
    else {
      // In a list written in one line a comma or bracket ends the text.
      const plain = /^(?:[^\s,[\]{}]|[,[\]{}](?=\S)|\s(?!#))+/.exec(rest)![0].trimEnd();
      const inner = /[[{]/.test(line.slice(0, at)) ? /^[^,[\]{}]*/.exec(plain)![0].trimEnd() || plain.charAt(0) : plain;
      add(inner.length, literal.test(inner) ? 'value' : 'string');
    }
  }
}
