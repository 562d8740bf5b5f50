import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { byKeys, sitDown, type Desk } from './desk';
import { browserPath } from './product';

const chromium = browserPath();
if (!chromium) console.warn('SKIPPED: what iSOC reads itself, no Chromium found');

describe.skipIf(!chromium)('a source that iSOC reads itself', () => {
  let desk: Desk;
  let page: Page;
  const dir = mkdtempSync(join(tmpdir(), 'isoc-files-'));
  const picture = async (name: string) => {
    if (!process.env.SHOTS) return;
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: join(process.env.SHOTS, `inputs-${name}.${width}.png`), fullPage: true });
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  };

  beforeAll(async () => {
    desk = await sitDown(chromium!, { ISOC_NETFLOW: '127.0.0.1:0', ISOC_TAIL: `${join(dir, '*.log')}=hospital/files` });
    page = desk.page;
  });
  afterAll(async () => {
    await desk?.leave();
    rmSync(dir, { recursive: true, force: true });
  });

  it('is missed by the health page before it is there', async () => {
    await desk.open('/health');
    await page.getByText('A setting names a source that does not exist').or(page.getByText('A setting matches no file')).first().waitFor();
    await picture('health');
  });

  it('shows settings for flows, files and Kafka, by mouse and by keys, and its first line', async () => {
    await desk.open('/sources/new?tenant=hospital');
    await page.getByLabel('Name', { exact: true }).fill('files');
    await page.getByRole('button', { name: 'Create' }).click();
    const snippet = (text: string) => page.locator('.snippet pre').filter({ hasText: text });
    const { netflow_port: port } = await desk.ask('GET', '/api/v1/me');
    await page.getByRole('tab', { name: 'rsyslog', exact: true }).click();
    await byKeys(page, async () => { // along the tabs, back to the end
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
    });
    await snippet('/ingest/raw').first().waitFor();
    const choose = async (name: string) => {
      const tab = page.getByRole('tab', { name, exact: true });
      await tab.evaluate((element: HTMLElement) => element.click()); // the strip of tabs scrolls
    };
    await choose('NetFlow');
    await snippet(`transport udp ${String(port)}`).waitFor();
    await picture('netflow');
    await choose('Kafka');
    await snippet('logs: hospital/').waitFor();
    await choose('Log files');
    await snippet('source: hospital/').waitFor();
    await picture('files');
    appendFileSync(join(dir, 'app.log'), '<38>Mar  4 05:06:07 web01 sshd[4711]: Failed password for root from 203.0.113.9 port 40022 ssh2\n');
    await expect.poll(async () => {
      const { items } = await desk.ask('GET', '/api/v1/tenants/hospital/sources');
      return (items as { name: string; records: number }[]).find(({ name }) => name === 'files')?.records;
    }, { timeout: 15_000 }).toBe(1);
    await page.getByText('203.0.113.9').last().waitFor();
    await picture('arrived');
  });
});
