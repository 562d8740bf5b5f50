import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveConnection, type LiveAlert, type Source } from './live';

class FakeSource implements Source {
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;
  private listeners = new Map<string, (event: MessageEvent<string>) => void>();
  addEventListener(name: string, listener: (event: MessageEvent<string>) => void) {
    this.listeners.set(name, listener);
  }
  close() {
    this.closed = true;
  }
  say(name: string, data: unknown) {
    this.listeners.get(name)?.({ data: JSON.stringify(data) } as MessageEvent<string>);
  }
}

const change = { id: 'a1', change: 'raised', version: 1 } as LiveAlert;

describe('the live connection of a tab', () => {
  let sources: FakeSource[];
  let live: LiveConnection;
  const last = () => sources[sources.length - 1]!;
  beforeEach(() => {
    vi.useFakeTimers();
    sources = [];
    live = new LiveConnection(() => {
      sources.push(new FakeSource());
      return last();
    });
  });
  afterEach(() => vi.useRealTimers());

  it('is one for all listeners and tells each', () => {
    const one = vi.fn();
    const two = vi.fn();
    live.listen({ alerts: one });
    live.listen({ alerts: two });
    expect(sources).toHaveLength(1);
    last().onopen?.();
    expect(live.state).toBe('live');
    last().say('alert', change);
    last().say('alerts', [change, change]);
    expect(one.mock.calls).toEqual([[[change]], [[change, change]]]);
    expect(two).toHaveBeenCalledTimes(2);
  });

  it('reads anew after an interruption, and when the server says so', () => {
    const resync = vi.fn();
    const health = vi.fn();
    live.listen({ resync, health });
    last().onopen?.();
    expect(resync).not.toHaveBeenCalled();
    last().say('resync', {});
    last().say('health', { status: 'degraded' });
    expect(resync).toHaveBeenCalledTimes(1);
    expect(health).toHaveBeenCalledWith('degraded');
    last().onerror?.();
    expect(live.state).toBe('connecting');
    expect(sources[0]!.closed).toBe(true);
    vi.advanceTimersByTime(1_500);
    expect(sources).toHaveLength(2);
    last().onopen?.();
    expect(resync).toHaveBeenCalledTimes(2);
  });

  it('polls while it cannot connect, with growing pauses between attempts', () => {
    const resync = vi.fn();
    live.listen({ resync });
    for (const wait of [1_500, 3_000]) {
      last().onerror?.();
      vi.advanceTimersByTime(wait);
    }
    last().onerror?.();
    expect(live.state).toBe('off');
    const attempts = sources.length;
    vi.advanceTimersByTime(2_900);
    expect(sources).toHaveLength(attempts);
    vi.advanceTimersByTime(30_000);
    expect(resync.mock.calls.length).toBeGreaterThanOrEqual(2);
    last().onopen?.();
    const calls = resync.mock.calls.length;
    vi.advanceTimersByTime(60_000);
    expect(resync).toHaveBeenCalledTimes(calls);
    expect(live.state).toBe('live');
  });

  it('closes when nobody listens any more, but not for a change of page', () => {
    const leave = live.listen({});
    last().onopen?.();
    leave();
    vi.advanceTimersByTime(1_000);
    const again = live.listen({});
    vi.advanceTimersByTime(60_000);
    expect(sources).toHaveLength(1);
    expect(last().closed).toBe(false);
    again();
    vi.advanceTimersByTime(6_000);
    expect(last().closed).toBe(true);
  });

  it('gives the connection back in a tab that nobody sees, and reads anew when it is seen', () => {
    const resync = vi.fn();
    live.listen({ resync });
    last().onopen?.();
    live.seen(false);
    vi.advanceTimersByTime(10_000);
    live.seen(true);
    vi.advanceTimersByTime(60_000);
    expect(last().closed).toBe(false);
    live.seen(false);
    vi.advanceTimersByTime(31_000);
    expect(last().closed).toBe(true);
    live.seen(true);
    expect(sources).toHaveLength(2);
    last().onopen?.();
    expect(resync).toHaveBeenCalledTimes(1);
  });
});
