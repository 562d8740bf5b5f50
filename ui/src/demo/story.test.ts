import { describe, expect, it } from 'vitest';
import type { DemoStep } from '../client';
import { codes, isCode, percent, worthALook } from './story';

const step = (code: string, ...alerts: [string, string][]): DemoStep => ({
  code, attack: 'ssh', tenant: 't', host: 'h', at: '2026-11-23T00:00:00Z', told: true,
  alerts: alerts.map(([id, level]) => ({ id, level, title: id, title_zh: '' })),
});

describe('the story of the demonstration', () => {
  it('points to the gravest alert, and of these to the earliest', () => {
    expect(worthALook([])).toBeUndefined();
    expect(worthALook([step('ssh.probe')])).toBeUndefined();
    const steps = [step('ssh.probe', ['a', 'informational']), step('ssh.account', ['b', 'critical']), step('ssh.shell', ['c', 'critical']), step('web.scan', ['d', 'low'])];
    expect(worthALook(steps)?.id).toBe('b');
    expect(worthALook(steps.slice(0, 1))?.id).toBe('a');
  });

  it('is done when everything is sent, and not before', () => {
    expect(percent({ sent: 0, total: 0 })).toBe(0);
    expect(percent({ sent: 999, total: 1000 })).toBe(99);
    expect(percent({ sent: 1000, total: 1000 })).toBe(100);
    expect(percent({ sent: 1001, total: 1000 })).toBe(100);
  });

  it('knows its steps', () => {
    expect(new Set(codes).size).toBe(codes.length);
    expect(isCode('ssh.login')).toBe(true);
    expect(isCode('ssh.later')).toBe(false);
  });
});
