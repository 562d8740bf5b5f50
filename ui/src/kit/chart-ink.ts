import type { Level } from './severity';

/** The page's colours as a chart needs them: values, since a chart knows no variables. */
export interface Ink {
  text: string;
  soft: string;
  faint: string;
  line: string;
  ground: string;
  raised: string;
  accent: string;
  good: string;
  sans: string;
  levels: Record<Level, string>;
}

/** Reads the colours that stand now; to be read again when the theme changes. */
export function readInk(root: Element = document.documentElement): Ink {
  const styles = getComputedStyle(root);
  const value = (name: string) => styles.getPropertyValue(name).trim();
  return {
    text: value('--text'),
    soft: value('--text-soft'),
    faint: value('--text-faint'),
    line: value('--line'),
    ground: value('--bg'),
    raised: value('--bg-sunk'),
    accent: value('--accent'),
    good: value('--good'),
    sans: value('--sans'),
    levels: {
      critical: value('--critical'),
      high: value('--high'),
      medium: value('--medium'),
      low: value('--low'),
      informational: value('--text-faint'),
    },
  };
}

const shapes: Record<Level, object> = {
  critical: {},
  high: { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: -Math.PI / 4 },
  medium: { symbol: 'circle', symbolSize: 0.6, dashArrayX: [[7, 7], [0, 7, 7, 0]], dashArrayY: [6, 0] },
  low: { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [1.5, 4.5] },
  informational: { symbol: 'rect', dashArrayX: [[2, 3]], dashArrayY: [2, 3] },
};

/** The style of a severity's marks: its colour, and a pattern in it, so that colour is not the only sign. */
export function levelStyle(level: Level, ink: Ink): { color: string; decal?: object } {
  if (level === 'critical') return { color: ink.levels.critical }; // solid
  return { color: ink.levels[level], decal: { ...shapes[level], color: ink.ground, backgroundColor: 'none' } };
}
