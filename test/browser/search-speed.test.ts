// Measures the search page in a browser against a running product with many events:
//
//     ISOC_URL=http://127.0.0.1:8080 ISOC_PASSWORD=… ISOC_TENANT=hospital npx vitest run search-speed.test.ts
//
// Prints one JSON document, milliseconds. It asserts no figures, which depend on the machine, and rests where no ISOC_URL is given.
import { it } from 'vitest';
import { browserPath, startBrowser } from './product';

const url = process.env.ISOC_URL ?? '';
const credentials = { username: process.env.ISOC_USER ?? 'admin', password: process.env.ISOC_PASSWORD ?? '' };
const place = `/search?from=now-3d&to=now&tenant=${process.env.ISOC_TENANT ?? ''}`;
const queries = ['user.name:="root"', '"Failed password"', 'source.ip:="203.0.113.7"', 'event.outcome:failure', 'user.name:="nobody-here"'];

const quantile = (values: number[], q: number) => {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0);
};
const summary = (values: number[]) => ({ n: values.length, p50: quantile(values, 0.5), p95: quantile(values, 0.95), max: quantile(values, 1) });

it.skipIf(url === '')('measures the search', { timeout: 300_000 }, async () => {
  const path = browserPath();
  if (!path) throw new Error('no Chromium found');
  const browser = await startBrowser(path);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.request.post(`${url}/api/v1/session`, { data: credentials, headers: { Origin: url } });
  const page = await context.newPage();
  const open = async () => {
    await page.goto(url + place, { waitUntil: 'commit' });
    await page.locator('main tbody tr td').first().waitFor();
  };

  const first: number[] = [];
  for (let i = 0; i < 12; i++) {
    const start = performance.now();
    await open();
    first.push(performance.now() - start);
  }

  const editor = page.locator('.cm-content');
  await editor.click();
  await page.evaluate(() => {
    const seen = window as unknown as { typed: number[] };
    seen.typed = [];
    document.addEventListener('keydown', () => {
      const start = performance.now();
      requestAnimationFrame(() => requestAnimationFrame(() => seen.typed.push(performance.now() - start)));
    }, true);
  });
  await page.keyboard.type('event.outcome:failure user.name:root', { delay: 60 });
  const typed = await page.evaluate(() => (window as unknown as { typed: number[] }).typed);

  const answered: number[] = [];
  for (const query of [...queries, ...queries.map((each) => `${each} `)]) {
    await page.keyboard.press('Escape');
    await editor.click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type(query);
    await page.keyboard.press('Escape');
    const start = performance.now();
    const answer = page.waitForResponse((each) => each.url().endsWith('/api/v1/search'));
    await page.keyboard.press('Enter');
    await answer;
    await page.waitForFunction(() => document.querySelector('main [aria-busy="true"]') === null);
    answered.push(performance.now() - start);
  }

  await open();
  await page.mouse.move(900, 600);
  await page.evaluate(() => {
    const seen = window as unknown as { frames: number[] };
    seen.frames = [];
    let last = performance.now();
    const frame = (now: number) => {
      seen.frames.push(now - last);
      last = now;
      if (seen.frames.length < 200) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  for (let i = 0; i < 60; i++) {
    await page.mouse.wheel(0, 100);
    await page.waitForTimeout(30);
  }
  await page.waitForFunction(() => (window as unknown as { frames: number[] }).frames.length >= 200);
  const frames = (await page.evaluate(() => (window as unknown as { frames: number[] }).frames)).slice(5);
  await browser.close();
  console.log(JSON.stringify({ navigationToRows: summary(first), keyToFrame: summary(typed), enterToRows: summary(answered), scrollFrame: summary(frames) }, null, 2));
});
