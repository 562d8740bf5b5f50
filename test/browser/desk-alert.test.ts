import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { byKeys, enter, sitDown, tabTo, urlHas, type Desk } from './desk';
import { browserPath } from './product';

const chromium = browserPath();
if (!chromium) console.warn('SKIPPED: the page of an alert, no Chromium found');

describe.skipIf(!chromium)('the page of an alert', () => {
  let desk: Desk;
  let page: Page;
  let alerts: string[];
  const open = async (id: string) => {
    await desk.open(`/alerts/${id}`);
    await page.locator('.why mark').first().waitFor();
  };
  const state = async (id: string) => (await desk.ask('GET', `/api/v1/alerts/${id}`))['state'] as string;
  const tree = () => page.getByRole('list', { name: "The rule's condition, part by part" });

  beforeAll(async () => {
    desk = await sitDown(chromium!);
    page = desk.page;
    // Alerts about a command: they have a tree, and others of the same host beside them.
    const list = await desk.ask('GET', '/api/v1/alerts?limit=50&tenant=hospital&q=his-');
    alerts = (list['items'] as { id: string }[]).map(({ id }) => id);
    expect(alerts.length).toBeGreaterThanOrEqual(4);
  });
  afterAll(() => desk?.leave());

  describe('by mouse', () => {
    it('opens and closes the condition', async () => {
      await open(alerts[0]!);
      const line = tree().getByRole('button', { expanded: true }).first();
      const parts = await tree().getByRole('listitem').count();
      await line.click();
      await expect.poll(() => tree().getByRole('listitem').count()).toBeLessThan(parts);
      await tree().getByRole('button', { expanded: false }).first().click();
      await expect.poll(() => tree().getByRole('listitem').count()).toBe(parts);
    });

    it('lights up condition and record together', async () => {
      await open(alerts[0]!);
      await page.locator('.raw-record mark').first().hover();
      await tree().locator('li.lit').first().waitFor();
      await page.mouse.move(0, 0);
      await expect.poll(() => page.locator('.why .lit').count()).toBe(0);
      await tree().locator('li:not(:has(li)) .truth-line').first().hover();
      await page.locator('.raw-record .lit').first().waitFor();
    });

    it('acknowledges, and closes with a verdict', async () => {
      await open(alerts[0]!);
      await page.getByRole('button', { name: 'Acknowledge' }).click();
      await expect.poll(() => state(alerts[0]!)).toBe('acknowledged');
      await page.getByRole('button', { name: 'Close', exact: true }).first().click();
      const form = page.getByRole('form', { name: 'Close the alert' });
      await form.getByRole('radio', { name: 'False positive' }).check();
      await form.getByLabel('Reason').fill('a test of our own');
      await form.getByRole('button', { name: 'Close' }).click();
      await page.getByRole('button', { name: 'Reopen' }).waitFor();
      expect(await state(alerts[0]!)).toBe('closed');
      await page.locator('main').getByText('a test of our own').first().waitFor();
    });

    it('opens what is related, with the count it said', async () => {
      await open(alerts[1]!);
      const related = page.locator('section', { has: page.getByRole('heading', { name: 'Other alerts of the same entities' }) });
      const entity = related.locator('.related-entities a').first();
      const said = Number(/(\d+) alert/.exec(await entity.innerText())?.[1]);
      await entity.click();
      await urlHas(page, '/alerts?', 'entity=');
      await expect.poll(() => page.getByRole('grid', { name: 'Alerts' }).locator('tbody tr[data-index]').count()).toBe(said);
    });

    it('says how common the values are, and opens the records it counted', async () => {
      await open(alerts[1]!);
      const table = page.getByRole('table', { name: /How common these values are/ });
      await page.locator('.prevalence').scrollIntoViewIfNeeded();
      const link = table.locator('tbody tr', { hasText: 'host.name' }).getByRole('link', { name: /records: open/ });
      await link.waitFor();
      await table.getByText('rare', { exact: true }).first().waitFor();
      const said = await link.innerText();
      await link.click();
      await urlHas(page, '/search?', 'host.name');
      await expect.poll(async () => /([\d,]+) events/.exec(await page.locator('.result-line').innerText())?.[1]).toBe(said);
    });

    it('goes through the queue', async () => {
      await desk.open('/alerts?tenant=hospital&state=all');
      await page.locator('.why mark').first().waitFor(); // the pane beside the list, which shows the first alert
      await page.getByRole('grid', { name: 'Alerts' }).locator('tr[data-index="0"] td').nth(2).dblclick();
      await urlHas(page, /\/alerts\/[^?]/);
      await page.locator('.why mark').first().waitFor();
      const first = page.url();
      await page.getByRole('button', { name: 'Next alert' }).click();
      await expect.poll(() => page.url()).not.toBe(first);
      await page.getByRole('button', { name: 'Previous alert' }).click();
      await expect.poll(() => page.url()).toBe(first);
    });
  });

  describe('by keyboard', () => {
    it('opens and closes the condition', async () => {
      await open(alerts[1]!);
      await byKeys(page, async () => {
        const parts = await tree().getByRole('listitem').count();
        await enter(page, tree().getByRole('button').first());
        await expect.poll(() => tree().getByRole('listitem').count()).toBeLessThan(parts);
        await page.keyboard.press('Enter');
        await expect.poll(() => tree().getByRole('listitem').count()).toBe(parts);
      });
    });

    it('lights up the record from a value of the condition', async () => {
      await open(alerts[1]!);
      await byKeys(page, async () => {
        await tabTo(page, tree().locator('.value'));
        await page.locator('.raw-record .lit').first().waitFor();
      });
    });

    it('acts on a value', async () => {
      await open(alerts[1]!);
      await byKeys(page, async () => {
        await enter(page, tree().locator('.value'));
        await page.getByRole('menu').waitFor();
        await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('menuitem');
        await page.keyboard.press('Escape');
        await page.getByRole('menu').waitFor({ state: 'detached' });
        await expect.poll(() => page.evaluate(() => document.activeElement?.classList.contains('value'))).toBe(true);
      });
    });

    it('acknowledges, assigns, and closes with a verdict', async () => {
      await open(alerts[2]!);
      await byKeys(page, async () => {
        await page.keyboard.press('e');
        await expect.poll(() => state(alerts[2]!)).toBe('acknowledged');
        await page.getByRole('button', { name: 'Investigate' }).waitFor();
        await page.keyboard.press('a');
        await page.getByRole('combobox', { name: 'Assign to' }).waitFor();
        await page.locator('.ant-select-item-option').first().waitFor();
        await page.keyboard.type('admin');
        await page.keyboard.press('Enter');
        await expect.poll(async () => (await desk.ask('GET', `/api/v1/alerts/${alerts[2]!}`))['assignee']).toBe('admin');
        await page.getByRole('combobox', { name: 'Assign to' }).waitFor({ state: 'detached' });
        // While the change before is under way, keys that change rest.
        await expect.poll(async () => {
          await page.keyboard.press('c');
          return page.getByRole('form', { name: 'Close the alert' }).isVisible();
        }).toBe(true);
        await page.keyboard.press('1');
        await page.keyboard.type('confirmed with the customer');
        await page.keyboard.press('Control+Enter');
        await page.getByRole('button', { name: 'Reopen' }).waitFor();
        expect(await state(alerts[2]!)).toBe('closed');
      });
    });

    it('opens the hosts of a value', async () => {
      await open(alerts[1]!);
      await byKeys(page, async () => {
        await page.locator('.prevalence').scrollIntoViewIfNeeded();
        const link = page.locator('.prevalence').getByRole('link', { name: /hosts: open/ }).first();
        await link.waitFor();
        const said = Number(await link.innerText());
        await enter(page, link);
        await urlHas(page, '/search?', /stats.by.\(host\.name\)/);
        await expect.poll(() => page.locator('.rows .data-table tbody tr').count()).toBe(said);
      });
    });

    it('opens a related alert', async () => {
      await open(alerts[1]!);
      await byKeys(page, async () => {
        await enter(page, page.locator('.related-list a').first());
        await expect.poll(() => page.url()).not.toContain(alerts[1]!);
        await page.locator('.why mark').first().waitFor();
      });
    });

    it('goes through the queue', async () => {
      await desk.open('/alerts?tenant=hospital&state=all');
      await page.getByRole('grid', { name: 'Alerts' }).locator('tr[data-index="0"] td').nth(2).waitFor();
      await byKeys(page, async () => {
        await page.keyboard.press('j');
        await page.keyboard.press('Enter');
        await page.getByRole('button', { name: 'Next alert' }).waitFor(); // the pane beside the list shows marks as well
        const first = page.url();
        await page.keyboard.press('n');
        await expect.poll(() => page.url()).not.toBe(first);
        await page.locator('.why mark').first().waitFor();
        await page.keyboard.press('p');
        await expect.poll(() => page.url()).toBe(first);
      });
    });
  });

  it('made no error in the browser', () => {
    expect(desk.errors).toEqual([]);
  });
});
