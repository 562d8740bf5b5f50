import { expect, it } from 'vitest';
import type { LostCoverage, Source } from '../client';
import { compare, type Resting } from './order';

const source = (id: string, state: string): Source => ({ id, name: id, health: { state } }) as Source;
const costs = (id: string, sole: number, main = 0): [string, LostCoverage] => [id, { source: id, sole, main, shared: main } as LostCoverage];

it('puts what presses most first, and of that what costs most rules', () => {
  const resting: Resting = new Map([costs('little', 1), costs('much', 9), costs('healthy', 99), costs('mostly', 1, 5)]);
  const all = [source('healthy', 'healthy'), source('little', 'silent'), source('mostly', 'silent'), source('much', 'silent'), source('none', 'silent')];
  const by = (order: 'state' | 'rules') => [...all].sort((a, b) => compare[order](a, b, resting)).map(({ id }) => id);
  expect(by('state')).toEqual(['much', 'mostly', 'little', 'none', 'healthy']);
  expect(by('rules')).toEqual(['healthy', 'much', 'mostly', 'little', 'none']);
});
