import { describe, expect, it } from 'vitest';
import { driftOf } from './drift';
import type { LearnedField, LearnedFormat, Proposal } from './types';

const field = (name: string, target = '', type = 'word'): LearnedField => ({ name, type, present: 9, distinct: 2, values: [], target, as: '', table: {}, confidence: 1, why: [], alternatives: [], decided: false });
const format = (id: string, ...fields: LearnedField[]): LearnedFormat => ({ id, structure: 'kv', pattern: '', lines: 9, samples: [], fields });
const proposal = (...formats: LearnedFormat[]): Proposal => ({ lines: 9, unclaimed: 9, covered: 9, device: { vendor: '', product: '', kind: 'application' }, formats });
const told = (...of: Parameters<typeof driftOf>) => driftOf(...of).map((each) => [each.kind, each.format.id, ...('field' in each ? [each.field.name] : []), ...('was' in each ? [each.was, each.is] : [])].join(' '));

describe('what changed against the pack in force', () => {
  it('is nothing where both are the same', () => {
    expect(told(proposal(format('a', field('x'))), proposal(format('a', field('x'))))).toEqual([]);
  });
  it('are formats that came and went', () => {
    expect(told(proposal(format('a')), proposal(format('b')))).toEqual(['format.new b', 'format.gone a']);
  });
  it('are formats and fields in force that the latest records lack', () => {
    const both = [format('a', field('x'), field('y')), format('b')];
    const row = (id: string, recent: number) => ({ id, structure: 'kv', pattern: '', fields: 1, mapped: 0, recent });
    const drift = { recent: 200, lines: 200, unclaimed: 0, changed: 90, share: 0.45, formats: [{ id: 'a', lines: 200, changed: 90, new: [], missing: ['y'] }] };
    expect(told(proposal(...both), proposal(format('c'), ...both), { formats: [row('a', 200), row('b', 0)], drift })).toEqual(['format.new c', 'format.gone b', 'field.gone a y']);
    expect(told(proposal(...both), proposal(...both), { formats: [row('a', 0)], drift: { ...drift, recent: 0, formats: [] } })).toEqual([]);
  });
  it('are fields that came, went, or mean something else', () => {
    expect(told(
      proposal(format('a', field('x'), field('y', 'source.ip', 'ip'), field('z', 'user.name'))),
      proposal(format('a', field('y', 'source.ip', 'endpoint'), field('z', 'user.id'), field('n', 'host.name'))),
    )).toEqual(['field.type a y ip endpoint', 'field.target a z user.name user.id', 'field.new a n', 'field.gone a x']);
  });
});
