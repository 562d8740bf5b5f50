import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Alert } from '../client';
import { RowStore, type Load } from './row-store';
import type { Answer } from './snapshot';

interface Asked { offset: number; until?: string; signal: AbortSignal; answer: (total?: number) => void; fail: () => void }

function server() {
  const asked: Asked[] = [];
  const load: Load = ({ offset, limit, until }, signal) => new Promise<Answer>((resolve, reject) => {
    asked.push({
      offset, until, signal,
      answer: (total = 10_000) => resolve({
        items: Array.from({ length: limit }, (_, i) => ({ id: `a${offset + i}`, state: 'new', version: 1 }) as Alert), total, newest: 'z1',
      }),
      fail: () => reject(new Error('away')),
    });
  });
  return { asked, load };
}

const settled = () => vi.advanceTimersByTimeAsync(0);

describe('RowStore', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  async function loaded() {
    const { asked, load } = server();
    const store = new RowStore(load, ({ state }) => state !== 'closed');
    void store.refresh();
    asked[0]!.answer();
    await settled();
    return { asked, store };
  }

  it('takes a snapshot and loads what is looked at within it', async () => {
    const { asked, store } = await loaded();
    expect(store.now()).toMatchObject({ waiting: false, snapshot: { total: 10_000, until: 'z1' } });
    store.seen(80, 130);
    expect(asked.length).toBe(2);
    expect(asked[1]).toMatchObject({ offset: 100, until: 'z1' });
    asked[1]!.answer();
    await settled();
    expect(store.row(120)?.id).toBe('a120');
  });

  it('waits for a flying view to rest, and gives up what it left', async () => {
    const { asked, store } = await loaded();
    store.seen(100, 130);
    for (const at of [2000, 4000, 6000]) store.seen(at, at + 30);
    expect(asked[1]!.signal.aborted).toBe(true);
    expect(asked.length).toBe(2);
    await vi.advanceTimersByTimeAsync(200);
    expect(asked.slice(2).map(({ offset }) => offset)).toEqual([5900, 6000]);
  });

  it('asks for no more than a few pages at once', async () => {
    const { asked, store } = await loaded();
    store.seen(0, 900);
    expect(asked.length).toBe(1 + 3);
    asked[1]!.answer();
    await settled();
    expect(asked.length).toBe(1 + 4);
  });

  it('keeps the old rows until a new snapshot is there, and drops answers to the old one', async () => {
    const { asked, store } = await loaded();
    store.seen(80, 130);
    void store.refresh();
    expect(store.now()).toMatchObject({ refreshing: true });
    expect(store.row(5)?.id).toBe('a5');
    asked[1]!.answer();
    asked[2]!.answer(9_000);
    await settled();
    expect(store.now()).toMatchObject({ refreshing: false, snapshot: { total: 9_000 } });
    expect(store.row(120)).toBeUndefined();
  });

  it('says that it failed and tries again when told to', async () => {
    const { asked, store } = await loaded();
    store.seen(80, 130);
    asked[1]!.fail();
    await settled();
    expect(store.now().error).toBeInstanceOf(Error);
    expect(asked.length).toBe(2);
    store.retry();
    asked[2]!.answer();
    await settled();
    expect(store.now().error).toBeUndefined();
    expect(store.row(120)?.id).toBe('a120');
  });

  it('loads what a range leaves out', async () => {
    const { asked, store } = await loaded();
    const picked = store.range(98, 102);
    await settled();
    asked[1]!.answer();
    expect((await picked).map(({ id }) => id)).toEqual(['a98', 'a99', 'a100', 'a101', 'a102']);
  });
});
