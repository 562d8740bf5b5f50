import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { byKeys, sitDown, tabTo, type Desk } from './desk';
import { browserPath } from './product';

const chromium = browserPath();
if (!chromium) console.warn('SKIPPED: syslog over TLS, no Chromium found');

describe.skipIf(!chromium)('sources known by a certificate', () => {
  let desk: Desk;
  let page: Page;
  const dir = mkdtempSync(join(tmpdir(), 'isoc-tls-'));
  const names = async () => {
    const { items } = await desk.ask('GET', '/api/v1/tenants/hospital/sources');
    return (items as { name: string; cert_names: string[] }[]).find(({ name }) => name === 'gate')?.cert_names;
  };
  const picture = async (name: string) => {
    if (!process.env.SHOTS) return;
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: join(process.env.SHOTS, `tls-${name}.${width}.png`), fullPage: true });
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  };

  beforeAll(async () => {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '9', '-subj', '/CN=server', '-keyout', join(dir, 'key.pem'), '-out', join(dir, 'cert.pem')], { stdio: 'ignore' });
    desk = await sitDown(chromium!, { ISOC_SYSLOG_TLS: '127.0.0.1:0', ISOC_SYSLOG_TLS_CERTIFICATE: join(dir, 'cert.pem'), ISOC_SYSLOG_TLS_KEY: join(dir, 'key.pem') });
    page = desk.page;
  });
  afterAll(async () => {
    await desk?.leave();
    rmSync(dir, { recursive: true, force: true });
  });

  it('makes one by mouse and shows settings for the TLS port', async () => {
    await desk.open('/sources/new?tenant=hospital');
    await page.getByLabel('Name', { exact: true }).fill('gate');
    await page.locator('details.advanced summary').click();
    await page.getByRole('combobox', { name: 'Client certificates' }).fill('FW1.example.com,');
    await picture('new');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('tab', { name: 'rsyslog TLS' }).click();
    const { syslog_tls_port: port } = await desk.ask('GET', '/api/v1/me');
    await page.getByText(new RegExp(`over TLS ${String(port)}`)).waitFor();
    await page.locator('.snippet pre').filter({ hasText: `port="${String(port)}"` }).filter({ hasText: 'StreamDriver="gtls"' }).waitFor();
    expect(await names()).toEqual(['fw1.example.com']);
    await picture('settings');
  });

  it('changes the name by keys', async () => {
    await desk.open('/sources?tenant=hospital');
    await page.getByRole('link', { name: 'gate' }).first().click();
    await page.getByText('fw1.example.com').first().waitFor();
    await picture('source');
    await byKeys(page, async () => {
      await tabTo(page, page.getByRole('button', { name: 'Edit' }));
      await page.keyboard.press('Enter');
      await tabTo(page, page.getByRole('combobox', { name: 'Client certificates' }));
      await page.keyboard.type('branch gate,');
      await tabTo(page, page.getByRole('button', { name: 'Save' }));
      await page.keyboard.press('Enter');
    });
    await expect.poll(names).toEqual(['fw1.example.com', 'branch gate']); // the field shows the name before it is saved
  });

  it('is told on the health page that the certificate ends soon', async () => {
    await desk.open('/health');
    await page.getByText('The certificate of syslog over TLS needs attention').first().waitFor();
    await picture('health');
  });
});
