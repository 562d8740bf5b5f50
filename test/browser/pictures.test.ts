import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { browserPath, password, startBrowser, startProduct, type Product } from './product';
import { settled } from './screens';
import { api, logIn } from './seed';

// The pictures of the READMEs, taken of a demonstration, on demand; it takes the demonstration's four minutes:
//     make build && cd test/browser && PICTURES=../../docs/images npx vitest run pictures.test.ts
const folder = process.env.PICTURES;
const chromium = browserPath();
const readers = [{ name: 'en', locale: 'en', customers: ['Fernhill Hospital', 'Ironstone Manufacturing'] }, { name: 'zh', locale: 'zh-CN', customers: ['砺石制造', '杉川医院'] }];

describe.skipIf(!folder || !chromium)('the pictures of the READMEs', () => {
  let browser: Browser;
  const products: Product[] = [];
  const sent = async (product: Product) => (await api(product, await logIn(product), 'GET', '/api/v1/demo'))['phase'];

  beforeAll(async () => {
    browser = await startBrowser(chromium!);
    for (const { locale } of readers) {
      const product = await startProduct();
      products.push(product);
      const token = await logIn(product);
      await api(product, token, 'PATCH', '/api/v1/me', { locale });
      await api(product, token, 'POST', '/api/v1/demo');
    }
  });
  afterAll(async () => {
    await browser?.close();
    for (const product of products) await product.stop();
  });

  it.each(readers.map((reader, i) => ({ ...reader, i })))('$name', async ({ name, locale, customers, i }) => {
    const product = products[i]!;
    await expect.poll(() => sent(product), { timeout: 500_000, interval: 3_000 }).toBe('finished');
    const names = ((await api(product, await logIn(product), 'GET', '/api/v1/tenants'))['items'] as { name: string }[]).map((each) => each.name);
    expect(names.sort()).toEqual([...customers].sort());
    const context = await browser.newContext({ locale, viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(product.http);
    await page.locator('#username').fill('admin');
    await page.locator('#password').fill(password);
    await page.locator('button[type=submit]').click();
    await page.locator('.shell').waitFor();
    const take = (what: string) => page.screenshot({ path: join(folder!, `${what}-${name}.png`) });

    await open(page, product, '/alerts');
    await page.getByRole('grid').locator('tbody tr[data-index]').first().waitFor();
    await page.keyboard.press('j');
    await page.locator('mark').first().waitFor();
    await settled(page);
    await take('alerts');

    const demo = await api(product, await logIn(product), 'GET', '/api/v1/demo');
    const shell = (demo['steps'] as { code: string; alerts: { id: string }[] }[]).find(({ code }) => code === 'ssh.shell')!.alerts[0]!;
    await open(page, product, `/alerts/${shell.id}`);
    await page.locator('.why mark').first().waitFor();
    await settled(page);
    await take('alert');

    const hospital = (demo['tenants'] as string[])[0];
    await open(page, product, `/search?tenant=${hospital}&q=${encodeURIComponent('event.dataset:="linux.auth" source.ip:*')}&from=now-24h&to=now&split=event.outcome`);
    await settled(page);
    await page.waitForTimeout(1_000);
    await take('hunt');
    await context.close();
  }, 600_000);
});

async function open(page: Page, product: Product, path: string): Promise<void> {
  await page.goto(product.http + path);
  await settled(page);
}
