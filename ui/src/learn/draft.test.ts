import { describe, expect, it } from 'vitest';
import { changed, correctionOf, leftOut, restored, standing, untouched } from './draft';
import type { LearnedField, Proposal } from './types';

const field = (name: string, over: Partial<LearnedField> = {}): LearnedField => ({
  name, type: 'word', present: 9, distinct: 2, values: [], target: '', as: '', table: {}, confidence: 0, why: [], alternatives: [], decided: false, ...over,
});
const proposal: Proposal = {
  lines: 10, unclaimed: 10, covered: 9, device: { vendor: '', product: '', kind: 'application' },
  formats: [{ id: 'kv-1', structure: 'kv', pattern: '', lines: 9, samples: [], fields: [field('src', { target: 'source', as: 'endpoint' }), field('act', { target: 'event.action', table: { drop: 'blocked' } })] }],
};
const format = proposal.formats[0]!;

describe('what is changed about a proposal', () => {
  it('is a correction, and none once it says what the proposal says', () => {
    const draft = changed(untouched, proposal, 'kv-1', 'act', { target: 'event.outcome', as: '' });
    expect(draft.corrections).toEqual([{ format: 'kv-1', field: 'act', target: 'event.outcome', as: '' }]);
    expect(changed(draft, proposal, 'kv-1', 'act', { target: 'event.action', as: '' }).corrections).toEqual([]);
  });
  it('keeps target and form together', () => {
    const draft = changed(untouched, proposal, 'kv-1', 'src', { target: 'source', as: 'host' });
    expect(draft.corrections).toEqual([{ format: 'kv-1', field: 'src', target: 'source', as: 'host' }]);
    expect(changed(draft, proposal, 'kv-1', 'src', { target: 'source', as: 'endpoint' }).corrections).toEqual([]);
  });
  it('gathers name, target and table of one field in one correction', () => {
    let draft = changed(untouched, proposal, 'kv-1', 'act', { name: 'verdict' });
    draft = changed(draft, proposal, 'kv-1', 'act', { table: { drop: 'blocked', pass: 'allowed' } });
    expect(draft.corrections).toEqual([{ format: 'kv-1', field: 'act', name: 'verdict', table: { drop: 'blocked', pass: 'allowed' } }]);
    expect(changed(draft, proposal, 'kv-1', 'act', { name: '', table: { drop: 'blocked' } }).corrections).toEqual([]);
    expect(restored(draft, 'kv-1', 'act').corrections).toEqual([]);
  });
  it('drops a target by an empty one, and a format by its own correction', () => {
    const draft = changed(changed(untouched, proposal, 'kv-1', 'act', { target: '', as: '' }), proposal, 'kv-1', '', { drop: true });
    expect(correctionOf(draft, 'kv-1', 'act')?.target).toBe('');
    expect(leftOut(draft, 'kv-1')).toBe(true);
    expect(leftOut(restored(draft, 'kv-1', ''), 'kv-1')).toBe(false);
    expect(restored(draft, 'kv-1', '').corrections).toHaveLength(1);
  });
  it('shows in the fields, whose place and first name stay', () => {
    const draft = changed(changed(untouched, proposal, 'kv-1', 'act', { name: 'verdict' }), proposal, 'kv-1', 'src', { target: 'destination.ip', as: '' });
    expect(standing(draft, format).map(({ origin, name, target, as, byHand }) => [origin, name, target, as, byHand])).toEqual([
      ['src', 'src', 'destination.ip', '', true], ['act', 'verdict', 'event.action', '', false],
    ]);
  });
  it('has the table that the server proposes for another target, and somebody\'s own before that', () => {
    const draft = changed(untouched, proposal, 'kv-1', 'act', { target: 'event.outcome', as: '' });
    expect(standing(draft, format)[1]?.table).toEqual({});
    const answered = { ...format, fields: [field('act', { target: 'event.outcome', table: { drop: 'failure' } })] };
    expect(standing(draft, format, answered)[1]?.table).toEqual({ drop: 'failure' });
    const own = changed(draft, proposal, 'kv-1', 'act', { table: { drop: 'success' } });
    expect(standing(own, format, answered)[1]?.table).toEqual({ drop: 'success' });
  });
});
