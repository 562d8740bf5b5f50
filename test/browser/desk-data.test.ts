import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { byKeys, enter, sitDown, tabTo, urlHas, type Desk } from './desk';
import { browserPath, datagramUntil } from './product';
import { ingest, stamp } from './seed';

const chromium = browserPath();
if (!chromium) console.warn('SKIPPED: sources and inbox, no Chromium found');

describe.skipIf(!chromium)('where records come from', () => {
  let desk: Desk;
  let page: Page;
  const token = () => page.locator('.secret code').innerText();
  const arrives = async (text: string) => {
    await page.locator('.listening:not(.good)').waitFor();
    await ingest(desk.product, await token(), [`<86>${stamp(0)} new-host sshd[5]: Accepted publickey for ${text} from 10.0.0.8 port 1 ssh2`]);
    await page.locator('.listening.good').getByText('Records arrive').waitFor({ timeout: 30_000 });
    await page.locator('.onboard').getByText(new RegExp(text)).first().waitFor({ timeout: 30_000 });
  };
  const groups = async () => ((await desk.ask('GET', '/api/v1/inbox'))['items'] as { sample: string }[]).map(({ sample }) => sample);
  const stray = async (text: string) => {
    await datagramUntil(desk.product.syslog, `<13>${stamp(0)} stranger app: ${text}`, async () => (await groups()).some((sample) => sample.includes('stranger')));
    await desk.open('/inbox');
  };
  const row = () => page.getByRole('table', { name: 'Inbox' }).locator('tbody tr').filter({ hasText: 'stranger' }).first();
  const field = (name: string) => page.getByRole('dialog', { name: 'Assign to a source' }).getByRole('combobox', { name });

  beforeAll(async () => {
    desk = await sitDown(chromium!);
    page = desk.page;
  });
  afterAll(() => desk?.leave());

  describe('by mouse', () => {
    it('makes a source and sees its first record', async () => {
      await desk.open('/sources?tenant=hospital');
      await page.locator('main').getByText('New source', { exact: true }).first().click();
      await page.getByLabel('Name', { exact: true }).fill('by mouse');
      await page.getByRole('button', { name: 'Create' }).click();
      await page.locator('.secret code').waitFor();
      await arrives('mouse-user');
      await page.getByRole('link', { name: 'Open the source' }).click();
      await page.getByRole('heading', { level: 1, name: 'by mouse' }).waitFor();
    });

    it('assigns unclaimed records to a source', async () => {
      await stray('by mouse');
      await row().getByRole('button', { name: 'Assign' }).click();
      await field('Customer').click();
      await page.locator('.ant-select-item-option').getByText('示例医院').click();
      await field('Source').click();
      await page.locator('.ant-select-item-option').getByText('hospital linux').click();
      await page.getByRole('checkbox', { name: /further records/ }).uncheck();
      await page.getByRole('dialog', { name: 'Assign to a source' }).getByRole('button', { name: 'Assign' }).click();
      await page.getByText(/records? moved/).first().waitFor();
      await expect.poll(groups).not.toContainEqual(expect.stringContaining('stranger'));
    });
  });

  describe('by keyboard', () => {
    it('makes a source and sees its first record', async () => {
      await desk.open('/sources?tenant=hospital');
      await byKeys(page, async () => {
        await enter(page, page.locator('main').locator('a, button').filter({ hasText: /^New source$/ }));
        await tabTo(page, page.getByLabel('Name', { exact: true }));
        await page.keyboard.type('by keys');
        await page.keyboard.press('Enter');
        await page.locator('.secret code').waitFor();
        await arrives('keys-user');
        await enter(page, page.getByRole('link', { name: 'Open the source' }));
        await page.getByRole('heading', { level: 1, name: 'by keys' }).waitFor();
      });
    });

    it('opens a source from the list', async () => {
      await desk.open('/sources?tenant=hospital');
      await page.getByRole('table').getByText('hospital linux').first().waitFor();
      await byKeys(page, async () => {
        await page.keyboard.press('j');
        await page.keyboard.press('Enter');
        await urlHas(page, /\/sources\/\w{26}/);
      });
    });

    it('assigns unclaimed records to a source', async () => {
      await stray('by keys');
      await byKeys(page, async () => {
        await enter(page, row().getByRole('button', { name: 'Assign' }));
        await tabTo(page, field('Customer'));
        await page.keyboard.type('示例医院');
        await page.keyboard.press('Enter');
        await tabTo(page, field('Source'));
        await page.keyboard.type('hospital linux');
        await page.locator('.ant-select-item-option-active').getByText('hospital linux').waitFor();
        await page.keyboard.press('Enter');
        await enter(page, page.getByRole('dialog', { name: 'Assign to a source' }).getByRole('button', { name: 'Assign' }));
        await page.getByText(/records? moved/).first().waitFor();
        await expect.poll(groups).not.toContainEqual(expect.stringContaining('stranger'));
      });
    });
  });

  it('made no error in the browser', () => {
    expect(desk.errors).toEqual([]);
  });
});
