import { expect } from 'vitest';
import type { Browser, Locator, Page } from 'playwright-core';
import { password, startBrowser, startProduct, type Product } from './product';
import { api, seed, type Seeded } from './seed';

/** Somebody at work: a seeded product, a browser, and one page logged in. */
export interface Desk {
  product: Product;
  seeded: Seeded;
  browser: Browser;
  page: Page;
  /** What the browser complained of. */
  errors: string[];
  open(path: string): Promise<void>;
  ask(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
  leave(): Promise<void>;
}

// What a page says when a person is not logged in yet, or asked something that is refused.
const expected = /status of (401|409|422)/;

/** Starts everything in English and logs in. */
export async function sitDown(chromium: string, settings: Record<string, string> = {}): Promise<Desk> {
  const product = await startProduct(settings);
  const browser = await startBrowser(chromium);
  const seeded = await seed(product);
  const ask: Desk['ask'] = (method, path, body) => api(product, seeded.token, method, path, body);
  await ask('PATCH', '/api/v1/me', { locale: 'en' });
  const context = await browser.newContext({ locale: 'en', viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce', acceptDownloads: true });
  await context.addInitScript(() => {
    document.addEventListener('pointerdown', () => sessionStorage.setItem('pointers', String(Number(sessionStorage.getItem('pointers') ?? 0) + 1)), true);
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !expected.test(message.text())) errors.push(`${page.url()}: ${message.text()} ${message.location().url}`);
  });
  await page.goto(product.http);
  await page.locator('#username').fill('admin');
  await page.locator('#password').fill(password);
  await page.locator('button[type=submit]').click();
  await page.locator('.shell').waitFor();
  return {
    product, seeded, browser, page, errors, ask,
    open: async (path) => {
      await page.goto(product.http + path);
      await page.locator('main h1').first().waitFor();
    },
    leave: async () => {
      await browser.close();
      await product.stop();
    },
  };
}

/** Does something with the keyboard alone: any press of a pointer fails it. */
export async function byKeys(page: Page, work: () => Promise<void>): Promise<void> {
  await page.evaluate(() => sessionStorage.setItem('pointers', '0'));
  await work();
  expect(await page.evaluate(() => sessionStorage.getItem('pointers')), 'presses of a pointer').toBe('0');
}

/** Presses Tab until the focus is on the target, and sees that the focus is shown there. */
export async function tabTo(page: Page, target: Locator, key = 'Tab', most = 150): Promise<void> {
  await target.first().waitFor({ state: 'attached' });
  const passed: string[] = [];
  for (let i = 0; i <= most; i++) {
    if (await target.first().evaluate((each) => each === document.activeElement)) {
      expect(await target.first().evaluate((each) => each.matches(':focus-visible')), 'the focus is shown').toBe(true);
      return;
    }
    await page.keyboard.press(key);
    passed.push(await page.evaluate(() => `${document.activeElement?.tagName ?? ''} ${(document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '').trim().slice(0, 20)}`));
  }
  throw new Error(`${key} never reached ${String(target)}; it passed ${passed.slice(0, 40).join(' | ')}`);
}

/** Tab to it and press Enter. */
export async function enter(page: Page, target: Locator, key = 'Enter'): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press(key);
}

export async function urlHas(page: Page, ...parts: (string | RegExp)[]): Promise<void> {
  await expect.poll(() => decodeURIComponent(page.url()), { timeout: 10_000 }).toSatisfy((url: string) => parts.every((part) => (typeof part === 'string' ? url.includes(part) : part.test(url))));
}
