import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sitDown, type Desk } from './desk';
import { browserPath } from './product';
import { attack, ingest } from './seed';

const chromium = browserPath();
if (!chromium) console.warn('SKIPPED: nothing jumps, no Chromium found');

/** A layout shift as the browser reports it, with what moved. */
interface Shift {
  value: number;
  moved: string[];
}

// What arrives may not move what somebody reads. Each screen is opened and left alone while alerts and records come in; the browser's
// own measure of layout shifts (https://web.dev/articles/cls) has to see none down or up; a figure within a line may take more room.
describe.skipIf(!chromium)('nothing jumps when live rows arrive', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await sitDown(chromium!);
    await desk.page.addInitScript(() => {
      const seen = window as unknown as { shifts: Shift[]; settled: boolean };
      seen.shifts = [];
      seen.settled = false;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as (PerformanceEntry & { value: number; sources: { node?: Node; previousRect: DOMRect; currentRect: DOMRect }[] })[]) {
          if (!seen.settled) continue;
          const moved = entry.sources.filter(({ previousRect, currentRect }) => Math.abs(previousRect.y - currentRect.y) > 1);
          if (moved.length > 0) seen.shifts.push({
            value: entry.value,
            moved: moved.map(({ node, previousRect, currentRect }) =>
              `${node?.nodeName} ${(node as Element | undefined)?.className ?? ''} ${(node?.textContent ?? '').slice(0, 30)} y ${previousRect.y} to ${currentRect.y}`),
          });
        }
      }).observe({ type: 'layout-shift', buffered: false });
    });
  });
  afterAll(() => desk?.leave());

  const screens = () => ['/', '/alerts', '/alerts?tenant=hospital&group=rule', `/alerts/${desk.seeded.alert}`, '/search?tenant=hospital', '/sources', '/sources?tenant=hospital', '/inbox', '/rules', '/tenants', '/audit', '/health'];

  it('on any screen', async () => {
    const jumps: string[] = [];
    for (const path of screens()) {
      await desk.open(path);
      await desk.page.waitForLoadState('networkidle').catch(() => undefined); // the live stream may keep it busy
      await desk.page.waitForTimeout(800);
      await desk.page.evaluate(() => { (window as unknown as { settled: boolean }).settled = true; });
      for (let i = 0; i < 3; i++) {
        for (const slug of ['hospital', 'factory']) {
          await ingest(desk.product, desk.seeded.sources[slug]!.token, attack(0, `steady-${i}`, `192.0.2.${10 + i}`));
        }
        await desk.page.waitForTimeout(800);
      }
      const shifts = await desk.page.evaluate(() => (window as unknown as { shifts: Shift[] }).shifts);
      const sum = shifts.reduce((all, { value }) => all + value, 0);
      if (sum > 0) jumps.push(`${path}: ${sum.toFixed(4)} ${JSON.stringify(shifts.flatMap(({ moved }) => moved).slice(0, 6))}`);
    }
    expect(jumps).toEqual([]);
  });
});
