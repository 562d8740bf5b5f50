import type { Pack } from '../client';

/** A pack with its versions: the one that counts, and the newest that waits. */
export interface Named {
  /** In force; where none is, the newest. */
  pack: Pack;
  /** Newer than what is in force, and never was. */
  staged?: Pack;
  versions: Pack[];
}

/** Versions, newest first within a name, gathered by name in the order they come. */
export function byName(packs: Pack[]): Named[] {
  const names = new Map<string, Pack[]>();
  for (const pack of packs) names.set(pack.name, [...(names.get(pack.name) ?? []), pack]);
  return [...names.values()].flatMap((versions) => {
    const pack = versions.find((each) => each.active) ?? versions[0];
    if (!pack) return [];
    const staged = versions.find((each) => each.version > pack.version && each.activated_at === null && each !== pack);
    return [{ pack, staged, versions }];
  });
}
