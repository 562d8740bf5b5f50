// Finding by a few letters: words in any order, beginnings first, Chinese by its characters and by the first letters of their reading.

/** How well a text fits what was typed: 0 is not at all, more is better. */
export function fits(typed: string, text: string): number {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return 1;
  const haystack = text.toLowerCase();
  const letters = readings(haystack);
  let sum = 0;
  for (const word of words) {
    const score = Math.max(fit(word, haystack), letters === haystack ? 0 : fit(word, letters) * 0.9);
    if (score === 0) return 0;
    sum += score;
  }
  return sum / words.length;
}

function fit(word: string, text: string): number {
  if (text === word) return 100;
  if (text.startsWith(word)) return 90 - Math.min(20, text.length / 10);
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (at > 0 && !/[\p{L}\p{N}]/u.test(text[at - 1] ?? '')) return 75 - Math.min(20, at / 10);
  }
  if (text.includes(word)) return 50 - Math.min(20, text.indexOf(word) / 10);
  return word.length > 1 ? scattered(word, text) : 0;
}

// The letters in their order with gaps between, only within one word of the text: "shnghi" fits "shanghai".
function scattered(word: string, text: string): number {
  for (const piece of text.split(/[^\p{L}\p{N}]+/u)) {
    if (piece[0] !== word[0] || word.length * 3 < piece.length) continue;
    let at = 0;
    for (const char of piece) if (char === word[at]) at++;
    if (at === word.length) return 20;
  }
  return 0;
}

// The first character of each letter in the order of readings; I, U and V begin none.
const firsts = '\u963f\u516b\u5693\u54d2\u59b8\u53d1\u65ee\u54c8\u8ba5\u5494\u5783\u75f3\u62cf\u5662\u5991\u4e03\u5465\u4ee8\u5b83\u7a75\u5915\u4e2b\u5e00';
const initials = 'abcdefghjklmnopqrstwxyz';
const collator = new Intl.Collator('zh-Hans-CN-u-co-pinyin');
const han = /[\u4e00-\u9fff]/;
const known = new Map<string, string>();

/** The text with each Chinese character as the first letter of its reading; the text itself where there is none. */
export function readings(text: string): string {
  if (!han.test(text)) return text;
  return [...text].map((char) => (han.test(char) ? reading(char) : char)).join('');
}

function reading(char: string): string {
  let letter = known.get(char);
  if (letter === undefined) {
    letter = char;
    [...firsts].forEach((first, i) => {
      if (collator.compare(first, char) <= 0) letter = initials[i] ?? char;
    });
    known.set(char, letter);
  }
  return letter;
}

/** Those that fit, best first; equal ones keep their order. */
export function ranked<T>(typed: string, items: readonly T[], textOf: (item: T) => string, most = Infinity): T[] {
  if (typed.trim() === '') return items.slice(0, most);
  return items
    .map((item, place) => ({ item, place, score: fits(typed, textOf(item)) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.place - b.place)
    .slice(0, most)
    .map(({ item }) => item);
}
