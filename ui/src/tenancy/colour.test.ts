import { describe, expect, it } from 'vitest';
import { colours, initial, looks, patterns } from './colour';

const ids = (count: number) => Array.from({ length: count }, (_, i) => `01KAQ${String(i * 7919).padStart(21, '0')}`);
const key = (look?: { colour: string; pattern: string }) => `${look?.colour} ${look?.pattern}`;

function rgb(css: string): [number, number, number] {
  const [h = 0, s = 0, l = 0] = [...css.matchAll(/\d+/g)].map(Number);
  const f = (n: number) => {
    const k = (n + h / 30) % 12;
    return l / 100 - (s / 100) * Math.min(l / 100, 1 - l / 100) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
  };
  return [f(0), f(8), f(4)];
}
const linear = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);

function lab(css: string): [number, number, number] {
  const [r, g, b] = rgb(css).map(linear) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

describe('looks of customers', () => {
  it('differ for as many as there are looks', () => {
    for (const count of [2, 12, 24, 60, colours.length * patterns.length]) {
      expect(new Set([...looks(ids(count)).values()].map(key)).size, String(count)).toBe(count);
    }
  });

  it('differ by colour alone for 24', () => {
    expect(new Set([...looks(ids(24)).values()].map((look) => look.colour)).size).toBe(24);
    expect([...looks(ids(24)).values()].every((look) => look.pattern === 'even')).toBe(true);
  });

  it('stay when others come, in whatever order they are listed', () => {
    const before = looks(ids(20));
    const after = looks([...ids(50)].reverse());
    for (const id of ids(20)) expect(key(after.get(id))).toBe(key(before.get(id)));
  });

  it('have colours that the eye tells apart', () => {
    const close: string[] = [];
    colours.forEach((a, i) => colours.slice(i + 1).forEach((b) => {
      const [x, y] = [lab(a), lab(b)];
      const distance = Math.hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2]);
      if (distance < 0.09) close.push(`${a} ${b} ${distance.toFixed(3)}`);
    }));
    expect(close).toEqual([]);
  });

  it('carry white text at 4.5 to 1', () => {
    const faint = colours.filter((css) => {
      const [r, g, b] = rgb(css).map(linear) as [number, number, number];
      return 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05) < 4.5;
    });
    expect(faint).toEqual([]);
  });

  it('have an initial in any script', () => {
    expect([initial('示例医院'), initial('“acme”'), initial('7-eleven'), initial('…')]).toEqual(['示', 'A', '7', '?']);
  });
});
