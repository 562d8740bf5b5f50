import { fits } from '../kit/fuzzy';

/** What a field may become: an ECS field, or by a form that takes it apart several below a name. */
export interface Target {
  target: string;
  as: string;
}

const mostShown = 80;

/** Forms that fill several fields below a name. */
export const composite: Target[] = [
  ...['source', 'destination', 'client', 'server'].flatMap((target) => [{ target, as: 'endpoint' }, { target, as: 'host' }]),
  { target: 'host', as: 'host' },
  ...['user', 'source.user', 'destination.user'].map((target) => ({ target, as: 'account' })),
  ...['file', 'process'].map((target) => ({ target, as: 'hashes' })),
];

export const forms = ['endpoint', 'host', 'account', 'hashes', 'lower', 'upper', 'number', 'plain', 'path'] as const;

/** A target as one text and back: the key of an option. */
export const keyOf = ({ target, as }: Target): string => `${target}|${as}`;
export function targetOf(key: string): Target {
  const at = key.lastIndexOf('|');
  return { target: key.slice(0, at), as: key.slice(at + 1) };
}

/** The targets to choose from for what was typed: without any the suggested ones and the usual ones, else the best of all. */
export function offered(typed: string, suggested: readonly Target[], names: readonly string[], wordsOf: (target: Target) => string): Target[] {
  const first = unique([...suggested, ...composite]);
  const all = unique([...first, ...names.map((target) => ({ target, as: '' }))]);
  if (typed.trim() === '') return [...first, ...all.slice(first.length, mostShown)];
  return all
    .map((target, place) => ({ target, place, score: Math.max(fits(typed, target.target), fits(typed, wordsOf(target)) * 0.8) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.target.target.length - b.target.target.length || a.place - b.place)
    .slice(0, mostShown)
    .map(({ target }) => target);
}

function unique(targets: Target[]): Target[] {
  const seen = new Set<string>();
  return targets.filter((each) => {
    const key = keyOf(each);
    if (each.target === '' || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
