// Measures the alert queue in a browser against a running product with many alerts:
//
//     ISOC_URL=http://127.0.0.1:8080 ISOC_USER=admin ISOC_PASSWORD=… npx vitest run queue-speed.test.ts
//
// Prints one JSON document. It asserts no figures, which depend on the machine, and rests where no ISOC_URL is given.
import { it } from 'vitest';
import { browserPath, startBrowser } from './product';

const url = process.env.ISOC_URL ?? '';
const credentials = { username: process.env.ISOC_USER ?? 'admin', password: process.env.ISOC_PASSWORD ?? '' };
const rounds = 10;

const quantile = (values: number[], q: number) => {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0) * 10) / 10;
};
const summary = (values: number[]) => ({ n: values.length, p50: quantile(values, 0.5), p95: quantile(values, 0.95), max: quantile(values, 1) });

it.skipIf(url === '')('measures the alert queue', { timeout: 300_000 }, async () => {
  const path = browserPath();
  if (!path) throw new Error('no Chromium found');
  const browser = await startBrowser(path);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.request.post(`${url}/api/v1/session`, { data: credentials, headers: { Origin: url } });
  const page = await context.newPage();
  await page.addInitScript(() => {
    const seen = window as unknown as { tasks: number[]; firstRow: number };
    seen.tasks = [];
    new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map((each) => each.duration))).observe({ type: 'longtask', buffered: true });
    const look = () => {
      if (document.querySelector('[role=grid] tbody tr:not(.skeleton)')) seen.firstRow = performance.now();
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });

  const first: number[] = [];
  for (let i = 0; i < rounds; i++) {
    await page.goto(`${url}/alerts?state=all`);
    await page.locator('[role=grid] tbody tr:not(.skeleton)').first().waitFor();
    first.push(await page.evaluate(() => (window as unknown as { firstRow: number }).firstRow));
  }
  const rows = Number(await page.locator('[role=grid]').getAttribute('aria-rowcount')) - 1;

  // Scrolls by wheel-sized steps in every frame, `step` px each, and takes the time between frames.
  const scroll = (step: number, frames: number) => page.evaluate(async ([step, frames]) => {
    const seen = window as unknown as { tasks: number[] };
    seen.tasks.length = 0;
    const scroller = document.querySelector('.virtual')!;
    scroller.scrollTop = 0;
    const times: number[] = [];
    let grey = 0;
    let before = await new Promise<number>(requestAnimationFrame);
    for (let i = 0; i < frames!; i++) {
      scroller.scrollTop += step!;
      const now = await new Promise<number>(requestAnimationFrame);
      times.push(now - before);
      before = now;
      if (document.querySelector('tr.skeleton')) grey++;
    }
    return { times, tasks: [...seen.tasks], grey };
  }, [step, frames]);
  const told = (run: { times: number[]; tasks: number[]; grey: number }) => ({ frame_ms: summary(run.times), long_tasks_ms: summary(run.tasks), frames_with_grey_rows: run.grey });
  const reading = told(await scroll(100, 240));
  const flying = told(await scroll(9_000, 240));
  // After a jump: until the rows there are loaded.
  const jumps: number[] = [];
  for (let i = 1; i <= rounds; i++) {
    jumps.push(await page.evaluate(async (part) => {
      const scroller = document.querySelector('.virtual')!;
      const begun = performance.now();
      scroller.scrollTop = scroller.scrollHeight * part;
      do await new Promise(requestAnimationFrame); while (document.querySelector('tr.skeleton') !== null);
      return performance.now() - begun;
    }, (i * 0.83) % 1));
  }

  // From the key to the frame in which the next row is the active one.
  await page.evaluate(() => void (document.querySelector('.virtual')!.scrollTop = 0));
  await page.waitForTimeout(500);
  const keys: number[] = [];
  for (let i = 0; i < 60; i++) {
    await page.evaluate(() => {
      const seen = window as unknown as { key: Promise<number> };
      seen.key = new Promise((done) => document.addEventListener('keydown', (event) => {
        requestAnimationFrame(() => setTimeout(() => done(performance.now() - event.timeStamp)));
      }, { once: true, capture: true }));
    });
    await page.keyboard.press('j');
    keys.push(await page.evaluate(() => (window as unknown as { key: Promise<number> }).key));
  }

  // From the click on a filter to its rows.
  const filters: number[] = [];
  for (let i = 0; i < rounds; i++) {
    for (const params of ['level=low,medium', 'sort=newest', `q=${i % 2 ? 'oracle' : 'root'}`, 'assignee=none']) {
      filters.push(await page.evaluate(async (search) => {
        const old = document.querySelector('.virtual');
        const begun = performance.now();
        history.pushState({}, '', `/alerts?${search}`);
        window.dispatchEvent(new PopStateEvent('popstate'));
        // Another list, with its rows, or without any where it says that nothing fits.
        const there = () => document.querySelector('.virtual') !== old && document.querySelector('[aria-busy=true]') === null
          && document.querySelector('.virtual tbody tr:not(.skeleton), .desk .empty') !== null;
        while (!there()) {
          if (performance.now() - begun > 5_000) throw new Error(`no rows after 5 s: ${search}`);
          await new Promise(requestAnimationFrame);
        }
        return performance.now() - begun;
      }, `state=all&from=now-${30 + i}d&${params}`));
    }
  }
  console.log(JSON.stringify({ rows, first_rows_ms: summary(first), scroll_100px_a_frame: reading, scroll_9000px_a_frame: flying, jump_ms: summary(jumps), key_ms: summary(keys), filter_ms: summary(filters) }, null, 2));
  await browser.close();
});
