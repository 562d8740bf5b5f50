import type { RuleSample, RuleTrial } from '../../client';

/** A sample while it is edited: a key beside it, so that rows keep their state. */
export interface Draft extends RuleSample {
  key: number;
  /** Those of a pack can be run, not changed. */
  origin?: '' | 'pack' | 'own';
}

let last = 0;

export function draftOf(sample: Omit<Draft, 'key'>): Draft {
  return { ...sample, key: ++last };
}

export function emptySample(fires: boolean): Draft {
  return draftOf({ name: '', fires, kind: 'auto', form: 'record', why: '', lines: [{ raw: '' }] });
}

/** The samples as the server takes them: without keys, and without records nobody has filled in. */
export function sent(drafts: Draft[]): { samples: RuleSample[]; at: number[] } {
  const samples: RuleSample[] = [];
  const at: number[] = [];
  for (const { key, name = '', fires, kind = 'auto', form = 'record', why = '', lines } of drafts) {
    const filled = lines.filter((line) => line.raw !== '');
    if (filled.length === 0) continue;
    samples.push({ name, fires, kind, form, why, lines: filled.map(({ raw, after_ms = 0 }) => ({ raw, after_ms })) });
    at.push(key);
  }
  return { samples, at };
}

/** What came of the samples, by the key of each, and of what text and samples it is true. */
export interface Ran {
  of: string;
  passed: boolean;
  by: Map<number, RuleTrial['items'][number]>;
}

export function fingerprint(text: string, drafts: Draft[]): string {
  return JSON.stringify([text, sent(drafts).samples]);
}

/** A sample in few words: its name, or the record's beginning. */
export function caption(sample: RuleSample): string {
  return sample.name || sample.lines[0]?.raw.slice(0, 160) || '';
}
