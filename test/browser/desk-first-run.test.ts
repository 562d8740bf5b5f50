import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { byKeys, enter, tabTo, urlHas } from './desk';
import { browserPath, password, startBrowser, startProduct, type Product } from './product';
import { api, logIn } from './seed';

const chromium = browserPath();
if (!chromium) console.warn('SKIPPED: the first run, no Chromium found');

describe.skipIf(!chromium)('the first run', () => {
  let product: Product;
  let browser: Browser;
  let page: Page;
  const errors: string[] = [];
  const strip = () => page.getByRole('region', { name: 'Demonstration' });
  const rows = () => page.getByRole('grid', { name: 'Alerts' }).locator('tbody tr[data-index]');
  const names = async () => ((await api(product, await logIn(product), 'GET', '/api/v1/tenants'))['items'] as { name: string }[]).map(({ name }) => name).sort();
  const tenants = async () => (await names()).length;
  const demoStarts = async () => {
    await urlHas(page, '/alerts');
    await strip().getByRole('progressbar').waitFor();
    await expect.poll(async () => Number(await strip().getByRole('progressbar').getAttribute('aria-valuenow')), { timeout: 60_000 }).toBeGreaterThan(0);
    await expect.poll(async () => {
      await page.keyboard.press('n'); // what is new comes into the list when it is asked for
      return rows().count();
    }, { timeout: 60_000, interval: 500 }).toBeGreaterThan(0);
    expect(await names()).toEqual(['Fernhill Hospital', 'Ironstone Manufacturing']);
  };
  const demoEnds = async () => {
    await strip().waitFor({ state: 'detached', timeout: 60_000 });
    await expect.poll(tenants, { timeout: 30_000 }).toBe(0);
    const left = await api(product, await logIn(product), 'GET', '/api/v1/alerts?limit=1');
    expect(left['items']).toEqual([]);
  };

  beforeAll(async () => {
    product = await startProduct();
    browser = await startBrowser(chromium!);
    await api(product, await logIn(product), 'PATCH', '/api/v1/me', { locale: 'en' });
    const context = await browser.newContext({ locale: 'en', viewport: { width: 1440, height: 900 } });
    await context.addInitScript(() => {
      document.addEventListener('pointerdown', () => sessionStorage.setItem('pointers', String(Number(sessionStorage.getItem('pointers') ?? 0) + 1)), true);
    });
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of (401|404)/.test(message.text())) errors.push(`${message.text()} ${message.location().url}`);
    });
    await page.goto(product.http);
  });
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });

  it('by keyboard: logs in, starts the demonstration, sees its alerts, stops and removes it', async () => {
    await byKeys(page, async () => {
      await tabTo(page, page.locator('#username'));
      await page.keyboard.type('admin');
      await page.keyboard.press('Tab');
      await page.keyboard.type(password);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Get started' }).waitFor();
      const go = page.getByRole('button', { name: 'Continue' });
      const start = page.getByRole('button', { name: 'Start the demo' });
      await go.or(start).first().waitFor();
      if (await go.isVisible()) await enter(page, go);
      await enter(page, start);
      await demoStarts();
      await enter(page, strip().getByRole('button', { name: 'Stop sending' }));
      await enter(page, strip().getByRole('button', { name: 'Remove demo' }));
      await page.getByRole('dialog', { name: 'Remove the demonstration?' }).waitFor();
      await enter(page, page.getByRole('dialog').getByRole('button', { name: 'Remove demo' }));
      await demoEnds();
    });
  });

  it('by mouse: starts the demonstration, looks first where it says, and removes it', async () => {
    await page.goto(`${product.http}/setup?step=start`);
    await page.getByRole('button', { name: 'Start the demo' }).click();
    await demoStarts();
    await strip().getByRole('link', { name: /^Look first/ }).click();
    await page.locator('.why mark').first().waitFor({ timeout: 30_000 });
    await strip().getByRole('button', { name: 'Stop sending' }).click();
    await strip().getByRole('button', { name: 'Remove demo' }).click();
    await page.getByRole('dialog', { name: 'Remove the demonstration?' }).getByRole('button', { name: 'Remove demo' }).click();
    await demoEnds();
  });

  it('says that a restart cut the demonstration off, and begins it anew', async () => {
    await page.goto(`${product.http}/setup?step=start`);
    await page.getByRole('button', { name: 'Start the demo' }).click();
    await demoStarts();
    await page.goto('about:blank');
    await product.crash();
    await page.goto(`${product.http}/alerts`);
    await strip().getByText('A restart of iSOC cut the demonstration off').waitFor();
    await strip().getByRole('progressbar').waitFor({ state: 'detached' });
    expect((await api(product, await logIn(product), 'GET', '/api/v1/demo'))['phase']).toBe('interrupted');
    await byKeys(page, async () => {
      await enter(page, strip().getByRole('button', { name: 'Begin anew' }));
      await page.getByRole('dialog', { name: 'Begin the demonstration anew?' }).waitFor();
      await enter(page, page.getByRole('dialog').getByRole('button', { name: 'Begin anew' }));
      await demoStarts();
    });
    await strip().getByRole('button', { name: 'Stop sending' }).click();
    await strip().getByRole('button', { name: 'Remove demo' }).click();
    await page.getByRole('dialog', { name: 'Remove the demonstration?' }).getByRole('button', { name: 'Remove demo' }).click();
    await demoEnds();
  });

  it('made no error in the browser', () => {
    expect(errors).toEqual([]);
  });
});
