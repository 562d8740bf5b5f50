import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { byKeys, enter, sitDown, tabTo, urlHas, type Desk } from './desk';
import { browserPath } from './product';
import { attack, ingest } from './seed';

const chromium = browserPath();
if (!chromium) console.warn('SKIPPED: the queue of alerts, no Chromium found');

// The mouse works for one customer and the keyboard for the other, so that neither finds what the other changed.
describe.skipIf(!chromium)('the queue of alerts', () => {
  let desk: Desk;
  let page: Page;
  let table: Locator;
  const row = (index: number) => table.locator(`tr[data-index="${index}"]`);
  const active = () => table.locator('tr[aria-current="true"]');
  const picked = () => table.locator('tr[aria-selected="true"]');
  const total = async (query: string) => (await desk.ask('GET', `/api/v1/alerts?${query}&limit=1`))['total'] as number;
  const firstRow = async () => ({ text: await row(0).locator('td').nth(2).innerText(), box: await row(0).boundingBox() });
  const queue = async (search: string) => {
    await desk.open(`/alerts?${search}`);
    await row(0).locator('td').nth(1).waitFor();
    await expect.poll(() => table.locator('.bone').count()).toBe(0);
  };
  const strike = (tenant: string, host: string) => ingest(desk.product, desk.seeded.sources[tenant]!.token, attack(0, host, '192.0.2.77'));

  beforeAll(async () => {
    desk = await sitDown(chromium!);
    page = desk.page;
    table = page.getByRole('grid', { name: 'Alerts' });
  });
  afterAll(() => desk?.leave());

  describe('by mouse', () => {
    it('narrows the list, and the count is that of the rows', async () => {
      await queue('tenant=hospital');
      await page.getByPlaceholder('Title, host, address, user').fill('his-web02');
      await urlHas(page, 'q=his-web02');
      const expected = await total('tenant=hospital&state=open&q=his-web02');
      expect(expected).toBeGreaterThan(0);
      await expect.poll(() => table.locator('tbody tr').count()).toBe(expected);
      await page.locator('main h1').locator('..').getByText(`${expected} `).first().waitFor();
      await page.getByRole('button', { name: 'Unassigned' }).click();
      await urlHas(page, 'assignee=none');
    });

    it('is narrowed by a value of a row, and by leaving it out', async () => {
      await queue('tenant=hospital');
      const value = table.locator('td .value[title="host.name"]').first();
      const host = await value.innerText();
      await value.click();
      await page.locator('[data-action=listDrop]').click();
      await urlHas(page, 'entity=host.name');
      const rest = await total(`tenant=hospital&state=open&entity=host.name!%3D${host}`);
      await expect.poll(() => table.locator('tbody tr').count()).toBe(rest);
      await page.getByRole('button', { name: 'Remove filter' }).click();
      await table.locator('td .value[title="host.name"]').filter({ hasText: host }).first().click();
      await page.locator('[data-action=listKeep]').click();
      await expect.poll(() => table.locator('tbody tr').count()).toBe(await total(`tenant=hospital&state=open&entity=host.name%3D${host}`));
    });

    it('is narrowed by ATT&CK', async () => {
      const { items } = await desk.ask('GET', '/api/v1/alerts?tenant=hospital&state=open&limit=100') as { items: { rule: { tags: string[] } }[] };
      const technique = items.flatMap(({ rule }) => rule.tags).find((tag) => /^attack\.t\d{4}/.test(tag))!.slice('attack.'.length, 'attack.t0000'.length).toUpperCase();
      await queue(`tenant=hospital&technique=${technique}`);
      await page.locator('.chip').filter({ hasText: technique }).waitFor();
      const expected = await total(`tenant=hospital&state=open&technique=${technique}`);
      expect(expected).toBeGreaterThan(0);
      await expect.poll(() => table.locator('tbody tr').count()).toBe(expected);
    });

    it('opens an alert whose page is slow to come', async () => {
      const context = await desk.browser.newContext({ locale: 'en', storageState: await page.context().storageState(), viewport: { width: 1440, height: 900 } });
      const slow = await context.newPage();
      await slow.goto(`${desk.product.http}/alerts?tenant=hospital`);
      const first = slow.getByRole('grid', { name: 'Alerts' }).getByRole('link').first();
      await first.waitFor();
      await slow.waitForLoadState('networkidle', { timeout: 3_000 }).catch(() => undefined);
      await slow.route('**/*.js', async (request) => {
        await new Promise((next) => setTimeout(next, 1_000)); // longer than the list waits before it writes the row into the address
        await request.continue();
      });
      await first.click();
      await slow.keyboard.press('Enter');
      await slow.waitForURL(/\/alerts\/[^/?]+/);
      await slow.getByRole('heading', { name: 'Why it fired' }).waitFor();
      await context.close();
    });

    it('shows the first alert until one is chosen', async () => {
      await queue('tenant=hospital');
      const preview = page.getByRole('complementary', { name: 'Preview' });
      await preview.getByText('First of the list').waitFor();
      await row(1).locator('td').nth(2).click();
      await preview.getByText('First of the list').waitFor({ state: 'detached' });
    });

    it('shows an alert beside the list', async () => {
      await queue('tenant=hospital');
      await row(0).locator('td').nth(2).click();
      await page.getByRole('complementary', { name: 'Preview' }).locator('.why mark').first().waitFor();
    });

    it('acknowledges several at once, and takes it back', async () => {
      await queue('tenant=hospital');
      await row(0).locator('td.box').click();
      await row(2).locator('td.box').click({ modifiers: ['Shift'] });
      await expect.poll(() => picked().count()).toBe(3);
      const bar = page.getByRole('toolbar', { name: 'Selected alerts' });
      await bar.getByRole('button', { name: /^Acknowledge/ }).click();
      await page.getByText('3 alerts acknowledged and assigned to you').waitFor();
      expect(await total('tenant=hospital&state=acknowledged')).toBe(3);
      await page.getByRole('button', { name: /^Undo/ }).click();
      await expect.poll(() => total('tenant=hospital&state=acknowledged')).toBe(0);
    });

    it('assigns, and closes with a verdict', async () => {
      await queue('tenant=hospital');
      await row(0).locator('td.box').click();
      const bar = page.getByRole('toolbar', { name: 'Selected alerts' });
      await bar.getByRole('button', { name: /^Assign/ }).click();
      await page.getByRole('listbox', { name: 'People' }).getByRole('option', { name: /admin/ }).click();
      await expect.poll(() => total('tenant=hospital&assignee=me')).toBe(1);
      await row(0).locator('td.box').click();
      await bar.getByRole('button', { name: /^Close/ }).click();
      const form = page.getByRole('dialog', { name: /^Close 1 alert/ });
      await form.getByText('Benign positive').click();
      await form.getByRole('textbox', { name: 'Reason' }).fill('planned work');
      await form.getByRole('button', { name: /^Close/ }).click();
      await expect.poll(() => total('tenant=hospital&state=closed&verdict=benign_positive')).toBe(1);
    });

    it('groups, and a group opens its rows', async () => {
      await queue('tenant=hospital');
      await page.getByRole('combobox', { name: 'Group by' }).click();
      await page.locator('.ant-select-dropdown').getByText('By host', { exact: true }).click();
      await urlHas(page, 'group=host');
      const group = table.locator('tr[aria-expanded]').filter({ hasText: 'his-web02' });
      await group.click();
      await table.locator('tr[aria-expanded="true"]').waitFor();
      await expect.poll(() => table.locator('tr:not([aria-expanded])[data-index]').count()).toBe(await total('tenant=hospital&state=open&entity=host.name%3Dhis-web02'));
    });

    it('says what is new without moving a row', async () => {
      await queue('tenant=hospital');
      const before = await firstRow();
      const rows = await table.locator('tbody tr').count();
      await strike('hospital', 'aa-mouse01');
      const news = page.getByRole('button', { name: /new alert/ });
      await news.waitFor({ timeout: 40_000 });
      expect(await firstRow()).toEqual(before);
      expect(await table.locator('tbody tr').count()).toBe(rows);
      await expect.poll(async () => Number(/(\d+) new/.exec(await news.innerText())?.[1]), { timeout: 15_000 }).toBe((await total('tenant=hospital&state=open')) - rows);
      await news.click();
      await expect.poll(() => table.locator('tbody tr').count()).toBeGreaterThan(rows);
    });
  });

  describe('by keyboard', () => {
    it('narrows the list', async () => {
      await queue('tenant=factory');
      await byKeys(page, async () => {
        await page.keyboard.press('/');
        await page.keyboard.type('his-db01');
        await urlHas(page, 'q=his-db01');
        const expected = await total('tenant=factory&state=open&q=his-db01');
        await expect.poll(() => table.locator('tbody tr').count()).toBe(expected);
      });
    });

    it('moves, shows the preview, and opens the alert', async () => {
      await queue('tenant=factory');
      await byKeys(page, async () => {
        for (const key of ['j', 'j', 'j', 'k']) await page.keyboard.press(key);
        await expect.poll(() => active().getAttribute('data-index')).toBe('1');
        const preview = page.getByRole('complementary', { name: 'Preview' });
        if (!(await preview.isVisible())) await page.keyboard.press('p');
        await preview.locator('.why mark').first().waitFor();
        await page.keyboard.press('p');
        await preview.waitFor({ state: 'hidden' });
        await page.keyboard.press('Enter');
        await urlHas(page, /\/alerts\/\w{26}/);
        await page.getByRole('heading', { name: 'Why it fired' }).waitFor();
        await page.goBack();
        await expect.poll(() => active().getAttribute('data-index')).toBe('1');
      });
    });

    it('opens the filters with the focus inside, and gives it back', async () => {
      await queue('tenant=factory');
      await byKeys(page, async () => {
        const button = page.getByRole('button', { name: /Filter$/ });
        await enter(page, button);
        const inside = page.getByRole('dialog', { name: 'Filter' });
        await expect.poll(() => inside.evaluate((box) => box.contains(document.activeElement))).toBe(true);
        await page.keyboard.press('Escape');
        await inside.waitFor({ state: 'hidden' });
        await expect.poll(() => button.evaluate((each) => each === document.activeElement)).toBe(true);
      });
    });

    it('selects a range, acknowledges it, and takes it back', async () => {
      await queue('tenant=factory');
      await byKeys(page, async () => {
        for (const key of ['j', 'x', 'j', 'j', 'Shift+X']) await page.keyboard.press(key);
        await expect.poll(() => picked().count()).toBe(3);
        await page.keyboard.press('e');
        await page.getByText('3 alerts acknowledged and assigned to you').waitFor();
        expect(await total('tenant=factory&state=acknowledged')).toBe(3);
        await page.keyboard.press('u');
        await expect.poll(() => total('tenant=factory&state=acknowledged')).toBe(0);
      });
    });

    it('assigns, and closes with a verdict', async () => {
      await queue('tenant=factory');
      await byKeys(page, async () => {
        await page.keyboard.press('j');
        await page.keyboard.press('a');
        await page.getByRole('listbox', { name: 'People' }).getByRole('option', { name: /admin/ }).waitFor();
        await page.keyboard.type('adm');
        await page.keyboard.press('Enter');
        await expect.poll(() => total('tenant=factory&assignee=me')).toBe(1);
        await page.keyboard.press('c');
        await page.getByRole('dialog', { name: /^Close 1 alert/ }).waitFor();
        await page.keyboard.press('4');
        await page.keyboard.type('scanner of our own');
        await page.keyboard.press('Enter');
        await expect.poll(() => total('tenant=factory&state=closed&verdict=false_positive')).toBe(1);
      });
    });

    it('groups, and a group opens its rows', async () => {
      await queue('tenant=factory');
      await byKeys(page, async () => {
        await tabTo(page, page.getByRole('combobox', { name: 'Group by' }));
        await page.keyboard.press('Enter');
        for (let i = 0; i < 2; i++) await page.keyboard.press('ArrowDown');
        await page.keyboard.press('Enter');
        await urlHas(page, 'group=');
        await table.locator('tr[aria-expanded]').first().waitFor();
        await tabTo(page, table.locator('tr[tabindex="0"]'));
        await page.keyboard.press('Home');
        await page.keyboard.press('ArrowRight');
        await table.locator('tr[aria-expanded="true"]').waitFor();
        await table.locator('tr:not([aria-expanded])[data-index]').first().waitFor();
        await page.keyboard.press('ArrowLeft');
        await table.locator('tr[aria-expanded="true"]').waitFor({ state: 'detached' });
      });
    });

    it('takes what is new into the list', async () => {
      await queue('tenant=factory');
      const rows = await table.locator('tbody tr').count();
      await byKeys(page, async () => {
        await page.keyboard.press('j');
        await strike('factory', 'aa-keys01');
        await page.getByRole('button', { name: /new alert/ }).waitFor({ timeout: 40_000 });
        await expect.poll(() => active().getAttribute('data-index')).toBe('0');
        await page.keyboard.press('n');
        await expect.poll(() => table.locator('tbody tr').count()).toBeGreaterThan(rows);
      });
    });

    it('does one thing after the other to an alert, however fast the keys', async () => {
      await queue('tenant=factory');
      const before = await total('tenant=factory&state=investigating');
      await byKeys(page, async () => {
        await page.keyboard.press('j');
        await page.keyboard.press('e');
        await page.keyboard.press('i');
        await expect.poll(() => total('tenant=factory&state=investigating&assignee=me')).toBe(before + 1);
        await page.getByText(/refused/).waitFor({ state: 'detached' });
      });
    });

    it('sets the quick filters', async () => {
      await queue('tenant=factory');
      await byKeys(page, async () => {
        await enter(page, page.getByRole('button', { name: 'Unassigned' }));
        await urlHas(page, 'assignee=none');
      });
    });
  });

  it('made no error in the browser', () => {
    expect(desk.errors).toEqual([]);
  });
});
