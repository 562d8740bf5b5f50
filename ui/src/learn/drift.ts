import type { LearnedField, LearnedFormat, Proposal } from './types';

/** One thing that is otherwise than in the pack in force. */
export type Drift =
  | { kind: 'format.new' | 'format.gone'; format: LearnedFormat }
  | { kind: 'field.new' | 'field.gone'; format: LearnedFormat; field: LearnedField }
  | { kind: 'field.type' | 'field.target'; format: LearnedFormat; field: LearnedField; was: string; is: string };

/** What changed between the proposal that is in force and a new one: first whole formats, then fields of those that stayed. */
export function driftOf(before: Proposal, after: Proposal): Drift[] {
  const changes: Drift[] = [];
  const fields: Drift[] = [];
  for (const format of after.formats) {
    const was = twin(before, format);
    if (was) fields.push(...fieldsOf(was, format));
    else changes.push({ kind: 'format.new', format });
  }
  for (const format of before.formats) {
    if (!twin(after, format)) changes.push({ kind: 'format.gone', format });
  }
  return [...changes, ...fields];
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
