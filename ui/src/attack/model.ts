import type { AttackCoverage, AttackTechnique } from '../client';
import type { AttackParams, Shade } from './params';

/** A technique with those below it. */
export interface Cell extends AttackTechnique {
  subs: AttackTechnique[];
}

export interface ColumnOf {
  tactic: string;
  cells: Cell[];
  /** Techniques of the tactic, and those with a rule that runs, whatever is shown. */
  of: number;
  covered: number;
}

/** The columns of the matrix, with what the filter lets through. */
export function columnsOf(coverage: AttackCoverage, show: NonNullable<AttackParams['show']>): ColumnOf[] {
  const below = new Map<string, AttackTechnique[]>();
  for (const technique of coverage.techniques) {
    const [over, sub] = technique.id.split('.');
    if (over && sub) below.set(over, [...(below.get(over) ?? []), technique]);
  }
  return coverage.tactics.map(({ name }) => {
    const all = coverage.techniques.filter((technique) => !technique.id.includes('.') && technique.tactics.includes(name));
    return {
      tactic: name,
      of: all.length,
      covered: all.filter((technique) => technique.rules > 0).length,
      cells: all.filter((technique) => show === 'all' || (technique.rules > 0) === (show === 'covered')).map((technique) => ({ ...technique, subs: below.get(technique.id) ?? [] })),
    };
  });
}

/** How strong a cell's colour is, 0 to 4: none, then steps of one's own kind. */
export function strength(technique: AttackTechnique, shade: Shade): number {
  const value = { rules: technique.rules, alerts: technique.month, tested: technique.tested }[shade];
  if (value <= 0) return 0;
  return value < 2 ? 1 : value < 5 ? 2 : value < 20 ? 3 : 4;
}

/** A technique that has rules, none of which any source feeds: covered on paper alone. */
export function unfed(technique: AttackTechnique): boolean {
  return technique.rules > 0 && technique.fed === 0;
}

export function toggled(open: string | undefined, id: string): string | undefined {
  const list = open?.split(',') ?? [];
  return (list.includes(id) ? list.filter((each) => each !== id) : [...list, id]).join(',') || undefined;
}
