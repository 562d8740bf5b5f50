import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { byKeys, enter, sitDown, tabTo, type Desk } from './desk';
import { edit, maker, versions } from './pack';
import { browserPath } from './product';

const chromium = browserPath();
if (!chromium) console.warn('SKIPPED: packs, no Chromium found');

const acme = maker();
const file = (version: string, n: number) => ({ name: `acme-${version}.zip`, mimeType: 'application/zip', buffer: acme.pack(version, versions[n]!) });

describe.skipIf(!chromium)('packs of rules', () => {
  let desk: Desk;
  let page: Page;
  const row = (name: RegExp) => page.getByRole('table', { name: 'Changes' }).getByRole('row', { name });
  const acmes = () => page.getByRole('table', { name: 'Rule packs' }).getByRole('row', { name: /Acme rules/ });
  const running = async () => {
    const rule = await desk.ask('GET', '/api/v1/rules?q=Acme%20beacon');
    const all = await desk.ask('GET', '/api/v1/rules?q=Acme');
    return [rule['total'], all['total']];
  };

  beforeAll(async () => {
    desk = await sitDown(chromium!);
    page = desk.page;
  });
  afterAll(async () => desk?.leave());

  async function imports(version: string, n: number, open: () => Promise<void>, pick: () => Promise<void>, ok: () => Promise<void>) {
    await open();
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), pick()]);
    await chooser.setFiles(file(version, n));
    await ok();
  }
  const byMouse = (version: string, n: number) => imports(version, n,
    () => page.getByRole('button', { name: 'Import a pack' }).click(),
    () => page.getByRole('button', { name: 'Choose a file' }).click(),
    () => page.getByRole('button', { name: 'Import', exact: true }).click());

  it('refuses a pack of a key nobody trusts, and takes it once the key is trusted', async () => {
    await desk.open('/packs');
    await byMouse('1.0.0', 0);
    await page.getByRole('dialog').getByText(/not trusted/).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Trust a key' }).click();
    await page.getByLabel('Owner').fill('Acme');
    await page.getByLabel('Public key').fill(acme.pem);
    await page.getByRole('button', { name: 'Trust', exact: true }).click();
    await page.getByRole('table', { name: 'Trusted keys' }).getByText(acme.id).waitFor();
    await byMouse('1.0.0', 0);
    await page.getByRole('dialog').getByText('acme 1.0.0: 5 rules, 0 refused.').waitFor();
    expect((await running())[1]).toBe(0);
    await page.getByRole('link', { name: 'See what would change' }).click();
    await page.getByText('No version of this pack is in force: all of it would be new.').waitFor();
    await row(/Acme tunnel/).click();
    await page.getByText('acme-two').waitFor();
    await page.getByRole('button', { name: 'Activate' }).click();
    await page.getByText('In force', { exact: true }).waitFor();
    expect((await running())[1]).toBe(5);
  });

  it('shows what an update would change under a local edit, activates it and goes back, by keys alone', async () => {
    await edit(desk.product, desk.seeded.token);
    await desk.open('/packs');
    await byKeys(page, async () => {
      await imports('1.1.0', 1,
        () => enter(page, page.getByRole('button', { name: 'Import a pack' })),
        () => enter(page, page.getByRole('button', { name: 'Choose a file' })),
        () => enter(page, page.getByRole('button', { name: 'Import', exact: true })));
      await enter(page, page.getByRole('link', { name: 'See what would change' }));
      await page.getByText(/against 1\.0\.0, which is in force/).waitFor();
      const wanted: [RegExp, RegExp][] = [
        [/Acme reverse shell/, /Changed.*Conflict.*Logic/], [/Acme tunnel, renamed/, /Changed.*Texts only/], [/Acme miner/, /Changed.*Logic/],
        [/Acme old tool/, /Removed/], [/Acme scanner/, /Refused.*Would be lost/], [/Acme beacon/, /Added/],
      ];
      for (const [name, marks] of wanted) expect(await row(name).first().innerText().then((text) => text.replace(/\s+/g, ' '))).toMatch(marks);
      await page.keyboard.press('j');
      await page.keyboard.press('o');
      await page.getByRole('region', { name: 'Difference' }).waitFor();
      await tabTo(page, page.getByRole('button', { name: 'Activate' }), 'Shift+Tab');
      await page.keyboard.press('Enter');
      await page.getByText('In force', { exact: true }).waitFor();
    });
    expect(await running()).toEqual([1, 4]);
    const ours = await desk.ask('GET', '/api/v1/rules/22222222-3333-4444-8555-666666666601');
    expect(ours['source']).toContain('acme-here');
    const overlay = await desk.ask('GET', '/api/v1/rules/22222222-3333-4444-8555-666666666601/overlay');
    expect(overlay['conflict']).toBe(true);
    await byKeys(page, async () => {
      await tabTo(page, page.getByRole('button', { name: 'Roll back' }));
      await page.keyboard.press('Enter');
      await page.getByText('Was in force', { exact: true }).waitFor();
    });
    expect(await running()).toEqual([0, 5]);
  });

  it('refuses an older release, and says so', async () => {
    await desk.open('/packs');
    await byMouse('0.9.0', 1);
    await page.getByRole('dialog').getByText(/0\.9\.0 is older than 1\.1\.0/).waitFor();
    await page.getByLabel('Take it all the same').waitFor();
    await page.keyboard.press('Escape');
  });

  it('shows that a key was revoked, and lets nothing it signed be activated', async () => {
    await page.getByRole('table', { name: 'Trusted keys' }).getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await acmes().getByText('Key revoked').waitFor();
    await acmes().getByRole('button', { name: 'Roll back' }).click();
    await page.getByText(/which was revoked/).waitFor();
    expect(desk.errors).toEqual([]);
  });
});
