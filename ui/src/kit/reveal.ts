// Text that arrives in logs is written by whoever attacks. It is shown as text only, and the characters that
// would hide, reorder or break it are shown as what they are.

/** A stretch of text; odd stretches are signs standing for characters that cannot be shown. */
export interface Piece {
  text: string;
  odd?: string; // the code point, as U+202E
}

/** Longest text shown at once, in UTF-16 units; the rest is counted, not shown. */
export const shownAtMost = 64 * 1024;

// Controls, soft hyphen, Arabic letter mark, Mongolian separator, zero width and direction marks, line and paragraph
// separators, invisible operators, byte order mark, interlinear marks, format controls of scripts and notes, tags, and halves of surrogate pairs.
const hidden =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{13430}-\u{1343f}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}\p{Surrogate}]/gu;

/** Splits text at the characters that must not reach the screen as they are. Tabs and line feeds stay. */
export function reveal(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(hidden)) {
    if (match.index > from) pieces.push({ text: text.slice(from, match.index) });
    const point = match[0].codePointAt(0) ?? 0xfffd;
    pieces.push({ text: sign(point), odd: name(point) });
    from = match.index + match[0].length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from) });
  return pieces;
}

/** The same as plain text, for places that take no elements: titles, labels, file names. */
export function revealed(text: string): string {
  return reveal(text).map((piece) => piece.text).join('');
}

function name(point: number): string {
  return `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
}

// Bytes as analysts write them, \x1B; everything else by its name. Pictures of controls are missing in many fonts.
function sign(point: number): string {
  return point < 0x80 ? `\\x${point.toString(16).toUpperCase().padStart(2, '0')}` : `[${name(point)}]`;
}
