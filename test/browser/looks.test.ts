import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { seedDrift, seedLearning } from './learn';
import { seedPacks } from './pack';
import { browserPath, password, startBrowser, startProduct, type Product } from './product';
import { screens, settled } from './screens';
import { api, seed, type Seeded } from './seed';

const chromium = browserPath();
if (!chromium) console.warn('SKIPPED: looks of the screens, no Chromium found');

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
// SHOTS names a folder for pictures of every screen; SHOTS_WIDTHS the widths (1440 where it is absent).
const shots = process.env.SHOTS;
const widths = (process.env.SHOTS_WIDTHS ?? '1440').split(',').map(Number);
const only = process.env.SCREENS?.split(',');

// Every key of a text: one that stands on a screen was shown instead of its text.
const texts = '../../ui/src/i18n/en';
const keys = new Set(readdirSync(texts).filter((name) => name.endsWith('.json')).flatMap((name) => flat(JSON.parse(readFileSync(join(texts, name), 'utf8')) as Tree, name.replace('json', ''))));
type Tree = { [key: string]: string | Tree };
function flat(tree: Tree, prefix = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [prefix + key.replace(/_(one|other)$/, '')] : flat(value, `${prefix}${key}.`)));
}

// Names of fields that a text's key happens to have, too.
for (const field of ['user.name', 'source.port', 'source.address']) keys.delete(field);

interface Finding { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }

describe.skipIf(!chromium)('every screen', () => {
  let product: Product;
  let browser: Browser;
  let seeded: Seeded;

  beforeAll(async () => {
    product = await startProduct();
    browser = await startBrowser(chromium!);
    seeded = await seed(product);
    seeded.pack = await seedPacks(product, seeded.token);
    const [fresh, drifted] = await Promise.all([
      seedLearning(product, seeded.token, 'hospital', '门禁控制器'),
      seedDrift(product, seeded.token, 'factory', 'tessera gates'),
    ]);
    seeded.learned = { fresh, drifted };
  });
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });

  for (const [locale, theme] of [['zh-CN', 'light'], ['en', 'dark'], ['zh-CN', 'dark'], ['en', 'light']] as const) {
    // Two of the four combinations show every text and every colour; the others are for pictures.
    const checked = (locale === 'zh-CN') === (theme === 'light');
    describe.skipIf(!checked && !shots)(`${locale}, ${theme}`, () => {
      let context: BrowserContext;
      let page: Page;
      const errors: string[] = [];

      beforeAll(async () => {
        await api(product, seeded.token, 'PATCH', '/api/v1/me', { locale });
        context = await browser.newContext({ locale, viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
        await context.addInitScript((chosen) => localStorage.setItem('isoc.theme', chosen), theme);
        page = await context.newPage();
        page.on('pageerror', (error) => errors.push(String(error)));
        page.on('console', (message) => {
          if (message.type() === 'error' && !message.text().includes('401')) errors.push(`${page.url()}: ${message.text()}`);
        });
        await page.goto(product.http);
        await page.locator('#username').waitFor();
        await check(page, 'login', theme, locale);
        await page.locator('#username').fill('admin');
        await page.locator('#password').fill(password);
        await page.locator('button[type=submit]').click();
        await page.locator('.shell').waitFor();
      });
      afterAll(() => context?.close());

      for (const screen of screens.filter(({ name }) => !only || only.includes(name))) {
        it(screen.name, async () => {
          await page.goto(product.http + screen.path(seeded));
          await settled(page);
          await check(page, screen.name, theme, locale);
        });
      }

      it('made no error in the browser', () => {
        expect(errors).toEqual([]);
      });
    });
  }
});

async function check(page: Page, name: string, theme: string, locale: string): Promise<void> {
  const seen = (await page.locator('body').innerText()).replace(/\s+/g, ' ');
  expect(seen.split(' ').filter((word) => keys.has(word)), 'raw keys of texts').toEqual([]);
  expect(seen).not.toMatch(/undefined|\[object Object\]|\bNaN\b|\{\{/);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 'scrolls sideways').toBeLessThanOrEqual(0);
  for (const width of shots ? widths : []) {
    mkdirSync(shots!, { recursive: true });
    await page.setViewportSize({ width, height: width < 800 ? 844 : 900 });
    await page.waitForTimeout(250);
    await page.screenshot({ path: join(shots!, `${name}.${locale}.${theme}.${width}.png`) });
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.evaluate(axeSource);
  const found = await page.evaluate(async () => {
    const axe = (window as unknown as { axe: { run(where: Document, options: object): Promise<{ violations: Finding[] }> } }).axe;
    return (await axe.run(document, { resultTypes: ['violations'] })).violations;
  });
  const serious = found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 5).map((node) => `${node.html.slice(0, 200)} — ${node.failureSummary.slice(0, 300)}`).join('\n')}`);
  expect(serious, `axe on ${name}`).toEqual([]);
}
