import type { OwnPack } from '../client';
import type { LearnedField, LearnedFormat, Proposal } from './types';

/** How the pack in force reads the latest records. */
type Recent = Pick<OwnPack, 'formats' | 'drift'>;

/** One thing that is otherwise than in the pack in force. */
export type Drift =
  | { kind: 'format.new' | 'format.gone'; format: LearnedFormat }
  | { kind: 'field.new' | 'field.gone'; format: LearnedFormat; field: LearnedField }
  | { kind: 'field.type' | 'field.target'; format: LearnedFormat; field: LearnedField; was: string; is: string };

/**
 * What changed between the proposal that is in force and a new one: first whole formats, then fields of those that stayed. A new one keeps
 * the formats in force, so it is the latest records that tell which of these, and which of their fields, are no longer sent.
 */
export function driftOf(before: Proposal, after: Proposal, recent?: Recent): Drift[] {
  const changes: Drift[] = [];
  const fields: Drift[] = [];
  for (const format of after.formats) {
    const was = twin(before, format);
    if (was) fields.push(...fieldsOf(was, format));
    else changes.push({ kind: 'format.new', format });
  }
  for (const format of before.formats) {
    if (!twin(after, format) || silent(recent, format)) changes.push({ kind: 'format.gone', format });
    else fields.push(...missing(recent, format, fields));
  }
  return [...changes, ...fields];
}

function silent(recent: Recent | undefined, { id }: LearnedFormat): boolean {
  return recent !== undefined && recent.drift.recent > 0 && recent.formats.some((each) => each.id === id && each.recent === 0);
}

// Fields that the format always had and the latest records lack, but for those that are told of already.
function missing(recent: Recent | undefined, format: LearnedFormat, told: Drift[]): Drift[] {
  const names = recent?.drift.formats.find(({ id }) => id === format.id)?.missing ?? [];
  return format.fields
    .filter((field) => names.includes(field.name) && !told.some((each) => 'field' in each && each.format.id === format.id && each.field.name === field.name))
    .map((field) => ({ kind: 'field.gone', format, field }));
}

// A format is known by its id, which comes of structure and discriminator.
function twin(of: Proposal, format: LearnedFormat): LearnedFormat | undefined {
  return of.formats.find(({ id }) => id === format.id);
}

function fieldsOf(was: LearnedFormat, format: LearnedFormat): Drift[] {
  const changes: Drift[] = [];
  for (const field of format.fields) {
    const old = was.fields.find(({ name }) => name === field.name);
    if (!old) changes.push({ kind: 'field.new', format, field });
    else {
      if (old.type !== field.type) changes.push({ kind: 'field.type', format, field, was: old.type, is: field.type });
      if (old.target !== field.target) changes.push({ kind: 'field.target', format, field, was: old.target, is: field.target });
    }
  }
  for (const field of was.fields) {
    if (!format.fields.some(({ name }) => name === field.name)) changes.push({ kind: 'field.gone', format, field });
  }
  return changes;
}
