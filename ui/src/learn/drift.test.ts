import { describe, expect, it } from 'vitest';
import { driftOf } from './drift';
import type { LearnedField, LearnedFormat, Proposal } from './types';

const field = (name: string, target = '', type = 'word'): LearnedField => ({ name, type, present: 9, distinct: 2, values: [], target, as: '', table: {}, confidence: 1, why: [], alternatives: [], decided: false });
const format = (id: string, ...fields: LearnedField[]): LearnedFormat => ({ id, structure: 'kv', pattern: '', lines: 9, samples: [], fields });
const proposal = (...formats: LearnedFormat[]): Proposal => ({ lines: 9, unclaimed: 9, covered: 9, device: { vendor: '', product: '', kind: 'application' }, formats });
const told = (before: Proposal, after: Proposal) => driftOf(before, after).map((each) => [each.kind, each.format.id, ...('field' in each ? [each.field.name] : []), ...('was' in each ? [each.was, each.is] : [])].join(' '));

describe('what changed against the pack in force', () => {
  it('is nothing where both are the same', () => {
    expect(told(proposal(format('a', field('x'))), proposal(format('a', field('x'))))).toEqual([]);
  });
  it('are formats that came and went', () => {
    expect(told(proposal(format('a')), proposal(format('b')))).toEqual(['format.new b', 'format.gone a']);
  });
  it('are fields that came, went, or mean something else', () => {
    expect(told(
      proposal(format('a', field('x'), field('y', 'source.ip', 'ip'), field('z', 'user.name'))),
      proposal(format('a', field('y', 'source.ip', 'endpoint'), field('z', 'user.id'), field('n', 'host.name'))),
    )).toEqual(['field.type a y ip endpoint', 'field.target a z user.name user.id', 'field.new a n', 'field.gone a x']);
  });
});
