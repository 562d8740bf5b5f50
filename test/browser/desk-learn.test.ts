import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { byKeys, sitDown, tabTo, urlHas, type Desk } from './desk';
import { changedPassage, passage, seedLearning, waitForProposal, type Learned } from './learn';
import { browserPath } from './product';
import { ingest } from './seed';

const chromium = browserPath();
if (!chromium) console.warn('SKIPPED: learning from a source, no Chromium found');

describe.skipIf(!chromium)('a device that nobody knows', () => {
  let desk: Desk;
  let page: Page;
  let mouse: Learned;
  let keys: Learned;
  const fields = () => page.getByRole('table', { name: 'Fields' });
  const row = (name: string) => fields().locator('tbody tr').filter({ has: page.getByRole('button', { name, exact: true }) });
  const target = () => page.getByRole('combobox', { name: 'Becomes' });
  const found = async (query: string) => ((await desk.ask('POST', '/api/v1/search', { query, from: 'now-1d', to: 'now', limit: 100, order: 'newest' }))['events'] as Record<string, string>[]);
  const active = async (source: string) => (await desk.ask('GET', `/api/v1/sources/${source}/own-pack`))['active'] as { pack: string; version: number } | undefined;
  const chosen = () => fields().locator('tr[aria-current=true]').getByRole('button').first().innerText();

  beforeAll(async () => {
    desk = await sitDown(chromium!);
    page = desk.page;
  });
  afterAll(() => desk?.leave());

  it('has a parser proposed after 500 lines', async () => {
    [mouse, keys] = await Promise.all([seedLearning(desk.product, desk.seeded.token, 'hospital', 'north gates'), seedLearning(desk.product, desk.seeded.token, 'hospital', 'south gates')]);
    await desk.open('/parsers?tenant=hospital');
    await page.getByRole('link', { name: 'Proposed parsers 2' }).click();
    const list = page.getByRole('table', { name: 'Proposed parsers' });
    await expect.poll(() => list.locator('tbody tr').count()).toBe(2);
    await list.locator('tbody tr').filter({ hasText: 'north gates' }).getByText('New').waitFor();
  });

  describe('by mouse', () => {
    it('has its lines beside their fields, the value of the chosen one marked', async () => {
      await page.getByRole('link', { name: 'north gates' }).click();
      await urlHas(page, `/parsers/proposals/${mouse.proposal}`);
      await row('station').getByText('IP address').waitFor();
      await row('station').getByText('sure', { exact: false }).waitFor();
      await row('station').click();
      await urlHas(page, 'field=station');
      const marks = page.getByRole('list', { name: 'Lines as they came' }).locator('mark');
      await expect.poll(() => marks.first().innerText()).toMatch(/^10\.31\.\d+\.\d+$/);
      expect(await marks.count()).toBe(await page.getByRole('list', { name: 'Lines as they came' }).locator('> li').count());
    });

    it('is corrected: the holder of a badge is a user', async () => {
      await row('holder').getByRole('button', { name: /Change what holder becomes/ }).click();
      await target().fill('user.name');
      await page.locator('.ant-select-item-option').filter({ hasText: /^user\.name/ }).first().click();
      await row('holder').getByText('your choice').waitFor();
      await page.getByRole('list', { name: 'Lines as they came' }).getByText('user.name').first().waitFor(); // the server's word, not the screen's
      await page.getByRole('button', { name: 'Done' }).click();
    });

    it('says which change cannot be, and takes nothing over meanwhile', async () => {
      await row('badge').getByRole('button', { name: /Change what badge becomes/ }).click();
      await target().fill('user.name');
      await page.locator('.ant-select-item-option').filter({ hasText: /^user\.name/ }).first().click();
      await page.getByRole('alert').getByText(/badge|holder/).waitFor();
      expect(await page.getByRole('button', { name: 'Take over' }).isDisabled()).toBe(true);
      await page.getByRole('button', { name: 'As proposed' }).click();
      await expect.poll(() => page.getByRole('button', { name: 'Take over' }).isDisabled()).toBe(false);
    });

    it('is named, shows its text, and is taken over', async () => {
      await page.getByRole('textbox', { name: 'Vendor' }).fill('Tessera');
      await page.getByRole('textbox', { name: 'Product' }).fill('Gate');
      await page.getByText('Text of the parser to be').click();
      await expect.poll(() => page.locator('.cm-content').innerText()).toContain('vendor: Tessera');
      expect(await page.locator('.cm-content').innerText()).toContain('user.name');
      await page.getByRole('button', { name: 'Take over' }).click();
      await page.getByText('Taken over ·').waitFor();
      expect(await active(mouse.source)).toMatchObject({ version: 1 });
    });

    it('is read by that parser from then on, as its page and a search show', async () => {
      const own = (await active(mouse.source))!.pack;
      await ingest(desk.product, mouse.token, Array.from({ length: 20 }, (_, i) => passage(i)));
      await expect.poll(async () => (await found(`isoc.parser:=${own}`)).length, { timeout: 30_000 }).toBe(20);
      const event = (await found(`isoc.parser:=${own} user.name:=zhangsan`))[0]!;
      expect(event['source.ip']).toMatch(/^10\.31\./);
      expect(event['observer.vendor'] ?? event['isoc.format']).toBeTruthy();
      await page.getByRole('link', { name: 'Open the source' }).click();
      await page.getByText('In force').first().waitFor();
      await page.locator('.parsed').filter({ hasText: own }).first().waitFor();
      await page.getByRole('link', { name: own }).first().click();
      await urlHas(page, '/search', own);
      await desk.open('/parsers?tenant=hospital');
      await page.getByRole('button', { name: "Sources' own parsers 1" }).click();
      await urlHas(page, 'show=own');
      const all = page.getByRole('table', { name: "Sources' own parsers" }).locator('tbody tr');
      await all.getByRole('link', { name: '20', exact: true }).waitFor();
      expect(await all.count()).toBe(1);
    });

    it('has its change noticed, told in words and proposed anew', async () => {
      await ingest(desk.product, mouse.token, Array.from({ length: 300 }, (_, i) => changedPassage(i)));
      const drift = await waitForProposal(desk.product, desk.seeded.token, 'hospital', mouse.source, 'drift');
      await desk.open(`/sources/${mouse.source}?tenant=hospital`);
      await page.locator('.notice').getByRole('link', { name: 'Proposed parser' }).click();
      await urlHas(page, drift);
      const told = page.getByRole('region', { name: 'What changed against the parser in force' });
      await told.getByText('New format').waitFor();
      await told.getByText(/terminal/).waitFor();
    });

    it('is retired and put in force again on the page of its source', async () => {
      await desk.open(`/sources/${mouse.source}?tenant=hospital`);
      await page.getByRole('button', { name: 'Retire' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Retire' }).click();
      await expect.poll(() => active(mouse.source)).toBeUndefined();
      await page.getByRole('button', { name: 'Put in force' }).click();
      await expect.poll(async () => (await active(mouse.source))?.version).toBe(1);
    });
  });

  describe('by keyboard', () => {
    it('is found, corrected and taken over', async () => {
      await desk.open('/parsers/proposals?tenant=hospital');
      const list = page.getByRole('table', { name: 'Proposed parsers' });
      await list.locator('tbody tr').filter({ hasText: 'south gates' }).waitFor();
      await byKeys(page, async () => {
        for (let i = 0; i < 5 && !(await list.locator('tr.active').filter({ hasText: 'south gates' }).count()); i++) await page.keyboard.press('j');
        await page.keyboard.press('Enter');
        await urlHas(page, keys.proposal);
        await fields().waitFor();
        for (let i = 0; i < 12 && (await chosen()) !== 'holder'; i++) await page.keyboard.press('j');
        await page.keyboard.press('e');
        await target().waitFor();
        await expect.poll(() => target().evaluate((each) => each === document.activeElement)).toBe(true);
        await page.keyboard.type('user.name');
        await page.locator('.ant-select-item-option').filter({ hasText: /^user\.name/ }).first().waitFor();
        await page.keyboard.press('Enter');
        await row('holder').getByText('your choice').waitFor();
        await page.keyboard.press('Escape');
        await expect.poll(() => target().count()).toBe(0);
        for (let i = 0; i < 12 && (await chosen()) !== 'verdict'; i++) await page.keyboard.press('j');
        await page.keyboard.press('x');
        await row('verdict').getByText('own name').waitFor();
        await expect.poll(() => page.getByRole('button', { name: 'Take over' }).isDisabled()).toBe(false);
        await page.keyboard.press('a');
        await page.getByText('Taken over ·').waitFor();
      });
      expect(await active(keys.source)).toMatchObject({ version: 1 });
    });

    it('is rejected with a reason', async () => {
      await ingest(desk.product, keys.token, Array.from({ length: 300 }, (_, i) => changedPassage(i)));
      const drift = await waitForProposal(desk.product, desk.seeded.token, 'hospital', keys.source, 'drift');
      await desk.open(`/parsers/proposals/${drift}?tenant=hospital`);
      await fields().waitFor();
      await byKeys(page, async () => {
        await page.keyboard.press('r');
        const note = page.getByRole('dialog').getByRole('textbox');
        await note.waitFor();
        await tabTo(page, note);
        await page.keyboard.type('an update on trial');
        await page.keyboard.press('Control+Enter');
        await page.getByText('an update on trial').waitFor();
      });
      await desk.open('/parsers/proposals?tenant=hospital&state=rejected');
      await page.getByText('an update on trial').waitFor();
    });
  });

  it('made no error in the browser', () => {
    expect(desk.errors).toEqual([]);
  });
});
