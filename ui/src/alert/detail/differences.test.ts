import { expect, it } from 'vitest';
import type { AlertEvidence } from '../../client';
import { differences } from './differences';

const firing = (event: AlertEvidence['event']): AlertEvidence => ({ event_id: '1', time: '2026-01-01T00:00:00Z', matches: [], parts: [], event });

it('names what varies, once for the same values under two names', () => {
  const found = differences([
    firing({ 'event.id': '1', 'source.ip': '192.0.2.1', 'user.name': 'a', 'host.name': 'h', 'vendor.src': '192.0.2.1' }),
    firing({ 'event.id': '2', 'source.ip': '192.0.2.2', 'user.name': 'a', 'host.name': 'h', 'vendor.src': '192.0.2.2', 'event.outcome': 'failure' }),
    firing(null),
  ]);
  expect(found).toEqual([
    { field: 'source.ip', values: [{ value: '192.0.2.1', count: 1 }, { value: '192.0.2.2', count: 1 }] },
    { field: 'event.outcome', values: [{ value: '', count: 1 }, { value: 'failure', count: 1 }] },
  ]);
});

it('says nothing of one firing', () => {
  expect(differences([firing({ 'source.ip': '192.0.2.1' })])).toEqual([]);
  expect(differences([firing({ a: '1' }), firing(null)])).toEqual([]);
});
