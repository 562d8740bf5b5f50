import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { byKeys, enter, sitDown, tabTo, urlHas, type Desk } from './desk';
import { browserPath } from './product';
import { ingest } from './seed';

const chromium = browserPath();
if (!chromium) console.warn('SKIPPED: parsers, no Chromium found');

const login = '<86>Jan  2 03:04:05 web1 sshd[42]: Accepted password for alice from 203.0.113.9 port 4711 ssh2';

describe.skipIf(!chromium)('what is understood, and what is not', () => {
  let desk: Desk;
  let page: Page;
  const rows = () => page.getByRole('table', { name: 'Parsers' }).locator('tbody tr');
  const results = () => page.locator('.parsed');
  const lines = () => page.locator('main textarea').first();

  beforeAll(async () => {
    desk = await sitDown(chromium!);
    page = desk.page;
  });
  afterAll(() => desk?.leave());

  it('is sent what nobody understands', async () => {
    await ingest(desk.product, desk.seeded.sources['hospital']!.token, [11, 12, 13].map((n) => `frobnicate gadget ${n} whirls`));
    const found = async () => ((await desk.ask('POST', '/api/v1/search', { query: 'frobnicate isoc.parser:none', from: 'now-1d', to: 'now', limit: 5, order: 'newest' }))['events'] as unknown[]).length;
    await expect.poll(found, { timeout: 30_000 }).toBe(3);
  });

  describe('by mouse', () => {
    it('counts what is in use as many times as rows stand behind it', async () => {
      await desk.open('/parsers?tenant=hospital');
      const used = page.getByRole('button', { name: /^In use here/ });
      const shown = Number(/\d+/.exec(await used.innerText())?.[0]);
      await used.click();
      await urlHas(page, 'show=used');
      await expect.poll(() => rows().count()).toBe(shown);
      await rows().filter({ hasText: 'OpenSSH' }).waitFor();
    });

    it('finds a Chinese vendor by the first letters of its reading', async () => {
      await desk.open('/parsers');
      await page.getByRole('textbox', { name: 'Vendor, product or id' }).fill('hw usg');
      await rows().first().getByRole('link', { name: /USG/ }).waitFor();
    });

    it('takes a sample of a format to the bench, where its pack and format stand', async () => {
      await desk.open('/parsers/openssh?tenant=hospital');
      await page.getByRole('link', { name: /Samples accepted/ }).click();
      await urlHas(page, 'tab=samples', 'format=accepted');
      await page.getByRole('article').first().getByRole('link', { name: 'Try' }).click();
      await results().getByText('openssh · accepted').waitFor();
      await results().getByRole('link', { name: 'openssh' }).click();
      await page.getByRole('heading', { level: 1, name: /OpenSSH/ }).waitFor();
    });

    it('takes a record that nobody understood from its pattern to the bench', async () => {
      await desk.open('/parsers/unparsed?tenant=hospital');
      await page.getByRole('group', { name: 'Sources' }).getByRole('button', { name: /hospital linux/ }).click();
      await urlHas(page, 'source=');
      await page.locator('.patterns summary').filter({ hasText: 'frobnicate' }).click();
      await page.locator('.patterns').getByRole('link', { name: 'hospital linux' }).waitFor();
      await page.locator('.patterns').getByRole('button', { name: 'Try one' }).click();
      await urlHas(page, '/sources/parser', 'event=');
      await expect.poll(() => lines().inputValue()).toMatch(/^frobnicate gadget \d+ whirls$/);
      await results().getByText('No parser claimed').waitFor();
    });

    it('takes what a source sent last to the bench', async () => {
      await desk.open(`/sources/${desk.seeded.sources['hospital']!.id}?tenant=hospital`);
      await page.getByRole('link', { name: 'Try the latest records' }).click();
      await expect.poll(() => results().count()).toBeGreaterThan(1);
    });
  });

  describe('by keyboard', () => {
    it('opens a parser that it found, and its text', async () => {
      await desk.open('/parsers?tenant=hospital');
      await rows().first().waitFor();
      await byKeys(page, async () => {
        await page.keyboard.press('/');
        await page.keyboard.type('openssh');
        await urlHas(page, 'q=openssh');
        await page.keyboard.press('Escape');
        await page.keyboard.press('j');
        await page.keyboard.press('Enter');
        await urlHas(page, '/parsers/openssh');
        await tabTo(page, page.getByRole('radio', { name: /Formats/ }));
        await page.keyboard.press('ArrowLeft');
        await urlHas(page, 'tab=text');
        await page.getByText('linux.auth').first().waitFor();
      });
    });

    it('tries a record of one\'s own', async () => {
      await desk.open('/sources/parser');
      await lines().waitFor();
      await byKeys(page, async () => {
        await tabTo(page, lines());
        await page.keyboard.insertText(login);
        await page.keyboard.press('Control+Enter');
        await results().getByText('openssh · accepted').waitFor();
      });
    });

    it('unfolds a pattern and takes one of its records to the bench', async () => {
      await desk.open('/parsers/unparsed?tenant=hospital');
      await byKeys(page, async () => {
        await enter(page, page.locator('.patterns summary').filter({ hasText: 'frobnicate' }));
        await enter(page, page.locator('.patterns').getByRole('button', { name: 'Try one' }));
        await urlHas(page, 'event=');
        await expect.poll(() => lines().inputValue()).toContain('frobnicate');
      });
    });
  });

  it('made no error in the browser', () => {
    expect(desk.errors).toEqual([]);
  });
});
