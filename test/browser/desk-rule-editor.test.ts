import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { byKeys, enter, sitDown, tabTo, type Desk } from './desk';
import { browserPath } from './product';
import { ingest, stamp } from './seed';

const chromium = browserPath();
if (!chromium) console.warn('SKIPPED: the rule editor, no Chromium found');

const id = '3f0c8a52-6c1e-4b70-9d0a-1f6f4f3f7a11';
const text = (modifier: string) => `title: Backup Account Logs In
id: ${id}
status: test
description: The backup account was used interactively.
tags: [attack.initial-access, attack.t1078]
logsource: {product: linux, service: sshd}
detection:
  selection:
    message|${modifier}: 'Accepted password for backup-browser '
  condition: selection
falsepositives: [Restore drills.]
level: high
isoc: {title_zh: "\u5907\u4efd\u8d26\u53f7\u767b\u5f55"}
`;
const line = (user: string, ago: number) => `<86>${stamp(ago)} web09 sshd[4121]: Accepted password for ${user} from 198.51.100.77 port 50122 ssh2`;

describe.skipIf(!chromium)('a rule from its first letter to its first alert', () => {
  let desk: Desk;
  let page: Page;
  const editor = () => page.getByRole('textbox', { name: 'Text of the rule' });
  const write = async (source: string) => {
    await editor().click();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText(source);
  };
  const move = async (to: string) => {
    await page.getByRole('button', { name: /^State:/ }).click();
    const box = page.getByRole('dialog', { name: 'State of the rule' });
    await box.getByRole('button', { name: to, exact: true }).click();
    await box.getByRole('button', { name: `Move to: ${to}` }).click();
    await page.getByRole('button', { name: `State: ${to}` }).waitFor();
  };

  beforeAll(async () => {
    desk = await sitDown(chromium!);
    page = desk.page;
  });
  afterAll(() => desk?.leave());

  it('underlines an error at its place, and takes it away once it is mended', async () => {
    await desk.open('/rules/new');
    await write(text('contians'));
    await page.locator('.cm-lintRange-error').getByText('message|contians').waitFor();
    await page.getByRole('button', { name: /Line 9.*contians/ }).waitFor();
    await write(text('contains'));
    await page.getByText('Can be used').waitFor();
    expect(await page.locator('.cm-lintRange-error').count()).toBe(0);
  });

  it('runs samples and shows which part of the condition does not hold', async () => {
    await page.getByRole('button', { name: 'Should fire' }).first().click();
    await page.getByRole('textbox', { name: 'Sample 1, record 1' }).fill(line('backup-browser', 60));
    await page.getByRole('button', { name: 'Should not' }).first().click();
    await page.getByRole('textbox', { name: 'Sample 2, record 1' }).fill(line('backup', 60));
    await page.keyboard.press('Control+Enter');
    await page.getByText('All 2 came out as expected').waitFor();
    await page.getByRole('region', { name: 'Result' }).getByRole('img', { name: /does not hold|false/i }).first().waitFor();
  });

  it('saves it as a draft and warns before changes are left', async () => {
    await editor().click();
    await page.keyboard.press('Control+s');
    await page.waitForURL(new RegExp(`/rules/${id}/edit`));
    await write(text('startswith'));
    await page.getByRole('link', { name: 'Alerts', exact: true }).click();
    await page.getByRole('button', { name: 'Stay' }).click();
    await write(text('contains'));
    expect(page.url()).toContain('/edit');
    const kept = await desk.ask('GET', `/api/v1/rules/${id}/samples`);
    expect((kept['items'] as unknown[]).length).toBe(2);
  });

  it('is tried on the archive', async () => {
    const hospital = desk.seeded.sources['hospital']!;
    await ingest(desk.product, hospital.token, [line('backup-browser', 30)]);
    await expect.poll(async () => ((await desk.ask('POST', '/api/v1/search', { query: '"backup-browser"', tenants: ['hospital'], from: 'now-1d', to: 'now', limit: 5, order: 'newest' }))['events'] as unknown[]).length, { timeout: 30_000 }).toBeGreaterThan(0);
    await page.getByRole('tab', { name: 'Dry run' }).click();
    await page.getByRole('button', { name: 'Dry run', exact: true }).click();
    await page.getByText(/1 hit\b/).first().waitFor({ timeout: 60_000 });
  });

  it('goes through shadow to enabled, and raises its alert', async () => {
    await move('Testing');
    await move('Shadow');
    await move('Enabled');
    const hospital = desk.seeded.sources['hospital']!;
    await expect.poll(async () => {
      await ingest(desk.product, hospital.token, [line('backup-browser', 0)]);
      return ((await desk.ask('GET', `/api/v1/alerts?rule=${id}`))['items'] as unknown[]).length;
    }, { timeout: 40_000, interval: 1000 }).toBeGreaterThan(0);
    await desk.open(`/alerts?tenant=hospital&state=all&rule=${id}`);
    await page.getByText('Backup Account Logs In').first().waitFor();
  });

  it('stands in the matrix, which opens its rules', async () => {
    await desk.open('/attack?product=linux');
    const cell = page.locator('.attack-cell').filter({ hasText: 'T1078' }).first();
    const shown = Number(/(\d+) rules?/.exec(await cell.innerText())?.[1]);
    await cell.getByRole('link', { name: /rules?/ }).click();
    await page.waitForURL(/technique=T1078/);
    await page.getByText('Backup Account Logs In').first().waitFor();
    expect(await page.locator('.page-head .count').innerText()).toContain(String(shown));
  });

  it('goes the whole way by keys alone', async () => {
    const mine = '3f0c8a52-6c1e-4b70-9d0a-1f6f4f3f7a12';
    const source = text('contains').replace(id, mine).replaceAll('backup-browser', 'backup-keys').replace('Backup Account Logs In', 'Backup Account by Keys');
    await ingest(desk.product, desk.seeded.sources['hospital']!.token, [line('backup-keys', 20)]);
    await expect.poll(async () => ((await desk.ask('POST', '/api/v1/search', { query: '"backup-keys"', tenants: ['hospital'], from: 'now-1d', to: 'now', limit: 5, order: 'newest' }))['events'] as unknown[]).length, { timeout: 30_000 }).toBeGreaterThan(0);
    const past = async () => { // Tab writes in the text; Escape closes what is offered there, and is the way out of it
      await tabTo(page, editor());
      await page.keyboard.press('Escape');
      if (await editor().evaluate((each) => each === document.activeElement)) await page.keyboard.press('Escape');
    };
    await desk.open('/rules/new');
    await byKeys(page, async () => {
      await tabTo(page, editor());
      await page.keyboard.press('Control+a');
      await page.keyboard.insertText(source);
      await page.getByText('Can be used').waitFor();
      await past();
      await enter(page, page.getByRole('button', { name: 'Should fire' }).first());
      await tabTo(page, page.getByRole('textbox', { name: 'Sample 1, record 1' }));
      await page.keyboard.insertText(line('backup-keys', 60));
      await tabTo(page, page.getByRole('button', { name: 'Should not' }).first(), 'Shift+Tab');
      await page.keyboard.press('Enter');
      await tabTo(page, page.getByRole('textbox', { name: 'Sample 2, record 1' }));
      await page.keyboard.insertText(line('backup', 60));
      await page.keyboard.press('Control+Enter');
      await page.getByText('All 2 came out as expected').waitFor();
      await page.keyboard.press('Control+s');
      await page.waitForURL(new RegExp(`/rules/${mine}/edit`));
    });
    await desk.open(`/rules/${mine}/edit`);
    await byKeys(page, async () => {
      await past();
      await tabTo(page, page.getByRole('tab', { name: 'Samples' }));
      for (let i = 0; i < 2; i++) await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      await enter(page, page.getByRole('tabpanel', { name: 'Dry run' }).getByRole('button', { name: 'Dry run', exact: true }));
      await page.getByText(/1 hit\b/).first().waitFor({ timeout: 60_000 });
    });
    await desk.open(`/rules/${mine}/edit`);
    await byKeys(page, async () => {
      let at = 'Draft';
      for (const to of ['Testing', 'Shadow', 'Enabled']) {
        await enter(page, page.getByRole('button', { name: `State: ${at}` }));
        await enter(page, page.getByRole('dialog', { name: 'State of the rule' }).getByRole('button', { name: to, exact: true }));
        await page.getByRole('textbox', { name: 'Reason' }).waitFor();
        await page.keyboard.insertText('by keys');
        await page.keyboard.press('Enter');
        await page.getByRole('button', { name: `State: ${to}` }).waitFor();
        at = to;
      }
    });
    expect(await desk.ask('GET', `/api/v1/rules/${mine}/state`)).toMatchObject({ state: 'enabled', reason: 'by keys' });
  });

  it('keeps a text of several rules whole or not at all', async () => {
    const two = (second: string) => `title: One of Two\nid: two-1\nlogsource: {product: linux}\ndetection: {s: {message|contains: one}, condition: s}\n---\ntitle: Two of Two\nid: ${second}\nlogsource: {product: linux}\ndetection: {s: {message|contains: two}, condition: s}\n`;
    const there = (of: string) => desk.ask('GET', `/api/v1/rules/${of}`).then(({ state }) => state, () => undefined);
    await desk.open('/rules/new');
    await write(two(id)); // which is taken
    await page.keyboard.press('Control+s');
    await page.getByRole('alert').first().waitFor();
    expect(await there('two-1')).toBeUndefined();
    await write(two('two-2'));
    await page.keyboard.press('Control+s');
    await page.getByText('2 rules saved as drafts').waitFor();
    await page.waitForURL(/\/rules\/two-1\/edit/);
    expect([await there('two-1'), await there('two-2')]).toEqual(['draft', 'draft']);
    expect(await editor().textContent()).not.toContain('Two of Two');
  });

  it('made no error in the browser', () => {
    expect(desk.errors).toEqual([]);
  });
});
