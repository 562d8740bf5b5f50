import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { byKeys, enter, sitDown, tabTo, urlHas, type Desk } from './desk';
import { browserPath } from './product';

const chromium = browserPath();
if (!chromium) console.warn('SKIPPED: the desk around the screens, no Chromium found');

describe.skipIf(!chromium)('around every screen', () => {
  let desk: Desk;
  let page: Page;
  const heading = (name: string) => page.getByRole('heading', { level: 1, name }).first().waitFor();
  const look = (name: string) => page.evaluate((each) => document.documentElement.dataset[each], name);

  beforeAll(async () => {
    desk = await sitDown(chromium!);
    page = desk.page;
  });
  afterAll(() => desk?.leave());

  describe('by mouse', () => {
    it('goes to a page and finds a value from the palette', async () => {
      await desk.open('/alerts');
      await page.locator('.palette-button').click();
      await page.getByRole('combobox', { name: 'Command palette' }).pressSequentially('audit');
      await page.getByRole('option', { name: 'Audit', exact: false }).first().click();
      await heading('Audit');
      await page.locator('.palette-button').click();
      await page.getByRole('combobox', { name: 'Command palette' }).pressSequentially('203.0.113.66');
      await page.getByRole('option', { name: /in alerts/i }).click();
      await urlHas(page, '/alerts', 'q=203.0.113.66');
    });

    it('shows the keys', async () => {
      await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
      const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
      await help.getByText('Command palette').waitFor();
      await page.keyboard.press('Escape');
      await help.waitFor({ state: 'hidden' });
    });

    it('changes the customer and back', async () => {
      await desk.open('/alerts');
      await page.locator('.switcher-button').click();
      await page.getByRole('option', { name: /示例医院/ }).click();
      await urlHas(page, 'tenant=hospital');
      await page.locator('.switcher-button').getByText('示例医院').waitFor();
      await page.locator('.switcher-button').click();
      await page.getByRole('option', { name: /all customers/i }).click();
      await expect.poll(() => page.url()).not.toContain('tenant=');
    });

    it('sets density, colours and time zone', async () => {
      await page.getByRole('button', { name: /^Display/ }).click();
      await page.locator('.display').getByText('Cosy', { exact: true }).click();
      await expect.poll(() => look('density')).toBe('cosy');
      await page.locator('.display').getByText('Compact', { exact: true }).click();
      await expect.poll(() => look('density')).toBe('compact');
      await page.locator('.display').getByText('Dark', { exact: true }).click();
      await expect.poll(() => look('theme')).toBe('dark');
      await page.locator('.display').getByText('Light', { exact: true }).click();
      await expect.poll(() => look('theme')).toBe('light');
      await page.locator('.zone-choice').click();
      await page.keyboard.type('Asia/Shanghai');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: /^Display.*Asia\/Shanghai/ }).waitFor();
    });

    it('keeps the filters as a view and opens it', async () => {
      await desk.open('/search?tenant=hospital&q=useradd');
      await page.getByRole('button', { name: /^Views/ }).click();
      await page.getByLabel('Keep these filters').fill('New accounts');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await urlHas(page, 'view=');
      await desk.open('/search?tenant=hospital');
      await page.getByRole('button', { name: /^Views/ }).click();
      await page.getByRole('button', { name: 'New accounts', exact: true }).click();
      await urlHas(page, 'q=useradd', 'view=');
    });
  });

  describe('by keyboard', () => {
    it('goes to a page, finds a value and acts from the palette', async () => {
      await desk.open('/alerts');
      await byKeys(page, async () => {
        await page.keyboard.press('Control+k');
        await page.getByRole('combobox', { name: 'Command palette' }).waitFor();
        await page.keyboard.type('audit');
        await page.keyboard.press('Enter');
        await heading('Audit');
        await page.keyboard.press('Control+k');
        await page.getByRole('combobox', { name: 'Command palette' }).waitFor();
        await page.keyboard.type('203.0.113.66');
        await page.getByRole('option', { name: /in alerts/i }).waitFor();
        await page.keyboard.press('Enter');
        await urlHas(page, '/alerts', 'q=203.0.113.66');
        await page.keyboard.press('Control+k');
        await page.getByRole('combobox', { name: 'Command palette' }).waitFor();
        await page.keyboard.type('theme dark');
        await page.keyboard.press('Enter');
        await expect.poll(() => look('theme')).toBe('dark');
      });
    });

    it('shows the keys, and goes by two of them', async () => {
      await desk.open('/alerts');
      await byKeys(page, async () => {
        await page.keyboard.press('?');
        const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
        await help.waitFor();
        await page.keyboard.press('Escape');
        await help.waitFor({ state: 'hidden' });
        for (const [keys, name] of [['gs', 'Search'], ['gu', 'Users'], ['gr', 'Rules'], ['gd', 'Audit'], ['ga', 'Alerts']] as const) {
          for (const key of keys) await page.keyboard.press(key);
          await heading(name);
        }
      });
    });

    it('changes the customer', async () => {
      await byKeys(page, async () => {
        await page.keyboard.press('t');
        await page.getByRole('option', { name: /示例医院/ }).waitFor();
        await page.keyboard.type('hosp');
        await page.keyboard.press('Enter');
        await urlHas(page, 'tenant=hospital');
      });
    });

    it('sets density and colours', async () => {
      await byKeys(page, async () => {
        await enter(page, page.getByRole('button', { name: /^Display/ }));
        await page.locator('.display').waitFor();
        await tabTo(page, page.getByRole('group', { name: 'Rows' }).locator('input[type=radio]:checked, input[type=radio]'));
        await page.keyboard.press('ArrowRight');
        await expect.poll(() => look('density')).toBe('cosy');
        await page.keyboard.press('Escape');
        await page.locator('.display').waitFor({ state: 'hidden' });
      });
    });

    it('keeps the filters as a view, opens it and takes it away', async () => {
      await desk.open('/search?tenant=hospital&q=sshd');
      await byKeys(page, async () => {
        await enter(page, page.getByRole('button', { name: /^Views/ }));
        await tabTo(page, page.getByLabel('Keep these filters'));
        await page.keyboard.type('Shells');
        await page.keyboard.press('Enter');
        await urlHas(page, 'view=');
      });
      await desk.open('/search?tenant=hospital');
      await byKeys(page, async () => {
        await enter(page, page.getByRole('button', { name: /^Views/ }));
        await enter(page, page.getByRole('button', { name: 'Shells', exact: true }));
        await urlHas(page, 'q=sshd', 'view=');
        await enter(page, page.getByRole('button', { name: /^Views/ }));
        await enter(page, page.getByRole('button', { name: /Delete.*Shells/ }));
        await page.getByRole('button', { name: 'Shells', exact: true }).waitFor({ state: 'detached' });
      });
    });
  });

  it('made no error in the browser', () => {
    expect(desk.errors).toEqual([]);
  });
});
