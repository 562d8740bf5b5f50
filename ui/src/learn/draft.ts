import type { Correction, Device, LearnedField, LearnedFormat, Proposal } from './types';

/** What was changed about a proposal on the screen, before anybody decides. */
export interface Draft {
  corrections: Correction[];
  device?: Device;
}

export const untouched: Draft = { corrections: [] };

export type Change = Pick<Correction, 'name' | 'target' | 'as' | 'table' | 'drop'>;

/** The correction of a field, or with an empty field of the whole format. */
export function correctionOf(draft: Draft, format: string, field: string): Correction | undefined {
  return draft.corrections.find((each) => each.format === format && (each.field ?? '') === field);
}

/** Adds to what is said of a field. What says no more than the proposal itself is left out. */
export function changed(draft: Draft, proposal: Proposal, format: string, field: string, change: Change): Draft {
  const before = correctionOf(draft, format, field);
  const next = trimmed({ ...before, ...change, format, field }, fieldOf(proposal, format, field));
  const rest = draft.corrections.filter((each) => each !== before);
  return { ...draft, corrections: next ? [...rest, next] : rest };
}

/** Takes back what was said of a field or a format. */
export function restored(draft: Draft, format: string, field: string): Draft {
  return { ...draft, corrections: draft.corrections.filter((each) => each.format !== format || (each.field ?? '') !== field) };
}

function fieldOf(proposal: Proposal, format: string, field: string): LearnedField | undefined {
  return proposal.formats.find(({ id }) => id === format)?.fields.find(({ name }) => name === field);
}

function trimmed(correction: Correction, field: LearnedField | undefined): Correction | undefined {
  const kept = { ...correction };
  if (kept.name === undefined || kept.name === '' || kept.name === field?.name) delete kept.name;
  // Target and form are one choice: either both are said or neither.
  if (kept.target === undefined || (kept.target === field?.target && (kept.as ?? '') === (field?.as ?? ''))) {
    delete kept.target;
    delete kept.as;
  }
  if (kept.table === undefined || (field && sameTable(kept.table, field.table ?? {}))) delete kept.table;
  if (!kept.drop) delete kept.drop;
  return Object.keys(kept).length > 2 ? kept : undefined;
}

function sameTable(a: Record<string, string>, b: Record<string, string>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

/** A field as it stands with what was changed. */
export interface Standing extends LearnedField {
  table: Record<string, string>;
  /** Its name in the proposal, by which it is corrected. */
  origin: string;
  /** Target or table are somebody's own choice. */
  byHand: boolean;
}

/**
 * The fields of a format with what was changed about them, in their order. answered is the format as the server has it with the changes:
 * to a target that somebody chose it proposes a table.
 */
export function standing(draft: Draft, format: LearnedFormat, answered?: LearnedFormat): Standing[] {
  return format.fields.map((field) => {
    const own = correctionOf(draft, format.id, field.name);
    const name = own?.name ?? field.name;
    const target = own?.target ?? field.target;
    const answer = answered?.fields.find((each) => each.name === name && each.target === target);
    return {
      ...field,
      origin: field.name,
      name,
      target,
      as: own?.target === undefined ? field.as : (own.as ?? ''),
      table: own?.table ?? (target === field.target ? field.table : answer?.table) ?? {},
      byHand: field.decided || own?.target !== undefined || own?.table !== undefined,
    };
  });
}

/** Whether the whole format is left out. */
export function leftOut(draft: Draft, format: string): boolean {
  return correctionOf(draft, format, '')?.drop === true;
}
