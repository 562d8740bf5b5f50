import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileChooser, Locator, Page } from 'playwright-core';
import { byKeys, enter, sitDown, tabTo, urlHas, type Desk } from './desk';
import { zip } from './pack';
import { browserPath } from './product';

const chromium = browserPath();
if (!chromium) console.warn('SKIPPED: rules, people and audit, no Chromium found');

const rule = (id: string, condition: string) => `title: Ours ${id}\nid: 11111111-2222-4333-8444-5555555555${id}\nstatus: test\nlevel: low\nlogsource:\n  product: linux\ndetection:\n  sel:\n    message|contains: ours-${id}\n  condition: ${condition}\n`;
const pack = { name: 'ours.zip', mimeType: 'application/zip', buffer: zip({ 'good.yml': rule('01', 'sel'), 'bad.yml': rule('02', 'sel and nothing_there') }) };

describe.skipIf(!chromium)('rules, people and audit', () => {
  let desk: Desk;
  let page: Page;
  const table = (name: string) => page.getByRole('table', { name });
  const grid = (name: string) => page.getByRole('grid', { name });
  const pane = (name: string) => page.getByRole('complementary', { name });
  const items = async (path: string) => (await desk.ask('GET', path))['items'] as Record<string, unknown>[];
  const chooses = async (act: () => Promise<void>) => {
    const [chooser]: [FileChooser, void] = await Promise.all([page.waitForEvent('filechooser'), act()]);
    await chooser.setFiles(pack);
  };
  const refused = () => page.getByRole('dialog').getByText(/1 rules, 1 refused/);
  const form = (name: string): Locator => page.getByRole('dialog', { name });

  beforeAll(async () => {
    desk = await sitDown(chromium!);
    page = desk.page;
  });
  afterAll(() => desk?.leave());

  describe('by mouse', () => {
    it('finds a rule, sees what came of it, and opens the alerts behind a figure', async () => {
      await desk.open('/rules');
      const count = Number(await grid('Rules').getAttribute('aria-rowcount')) - 1;
      expect(count).toBe((await desk.ask('GET', '/api/v1/rules?limit=1'))['total']);
      await page.getByLabel('Title, ID, technique or author').fill('uid 0');
      await urlHas(page, 'q=uid+0');
      const title = grid('Rules').getByRole('link', { name: /UID 0/ });
      await title.click();
      await pane('Rule details').getByRole('heading', { name: /UID 0/ }).waitFor();
      await urlHas(page, 'at=');
      const hits = pane('Rule details').getByRole('link', { name: /Alerts fired in 7 d/ });
      const said = Number((await hits.innerText()).match(/\d+/)![0]);
      expect(said).toBeGreaterThan(0);
      await hits.click();
      await urlHas(page, 'from=now-7d');
      await page.locator('main').getByText(new RegExp(`^${said} rows?`)).first().waitFor();
      await page.goBack();
      await pane('Rule details').getByRole('link', { name: /Open the rule/ }).click();
      await page.getByRole('heading', { level: 1, name: /UID 0/ }).waitFor();
      await page.locator('.cm-content .y-key', { hasText: 'detection' }).waitFor();
      await page.getByRole('link', { name: /^T1136\.001/ }).click();
      await urlHas(page, 'technique=T1136.001');
      await grid('Rules').getByRole('row', { name: /UID 0/ }).waitFor();
      const [file] = await Promise.all([page.waitForEvent('download'), (async () => {
        await title.click();
        await pane('Rule details').getByRole('button', { name: 'Download YAML' }).click();
      })()]);
      expect(file.suggestedFilename()).toMatch(/^[\w.-]+\.yml$/);
    });

    it('narrows and orders the rules', async () => {
      await desk.open('/rules?tactic=impact&product=windows');
      const wanted = await desk.ask('GET', '/api/v1/rules?tactic=impact&product=windows');
      await page.locator('main').getByText(new RegExp(`^${String(wanted['total'])} rows?`)).first().waitFor();
      await grid('Rules').getByRole('button', { name: 'Rule' }).click();
      await urlHas(page, 'sort=title');
      await page.getByRole('button', { name: 'Noisy' }).click();
      await page.getByText('No rule fits the filters').waitFor();
      await page.getByRole('button', { name: 'Clear filters' }).click();
      await grid('Rules').waitFor();
    });

    it('imports a pack and says which rule was refused', async () => {
      await desk.open('/packs');
      await page.getByRole('button', { name: 'Import a pack' }).click();
      await chooses(() => page.getByRole('button', { name: 'Choose a file' }).click());
      await page.getByLabel('Accept an unsigned archive').check();
      await page.getByRole('button', { name: 'Import', exact: true }).click();
      await refused().waitFor();
      await page.getByRole('dialog').getByText('bad.yml').waitFor();
      await page.getByRole('link', { name: 'See what would change' }).click();
      await page.getByRole('button', { name: 'Activate' }).click();
      await page.getByText('In force', { exact: true }).waitFor();
      await desk.open('/rules?state=refused');
      await grid('Rules').getByRole('row', { name: /Ours 02/ }).click();
      await pane('Rule details').getByText('nothing_there').first().waitFor();
    });

    it('takes on a customer and an analyst', async () => {
      await desk.open('/tenants');
      await page.getByRole('button', { name: 'New customer' }).click();
      await form('New customer').getByLabel('Name').fill('Mouse Ltd');
      await form('New customer').getByLabel('Slug').fill('mouse');
      await form('New customer').getByRole('button', { name: 'Create' }).click();
      await grid('Customers').getByText('Mouse Ltd').waitFor();
      await desk.open('/users');
      await page.getByRole('button', { name: 'New user' }).click();
      await form('New user').getByLabel('User name').fill('mouse.analyst');
      await form('New user').getByLabel('Password').fill('a-long-passphrase');
      await form('New user').getByRole('button', { name: 'Create' }).click();
      await grid('Users').getByText('mouse.analyst').first().waitFor();
      expect((await items('/api/v1/users')).find(({ username }) => username === 'mouse.analyst')).toMatchObject({ role: 'provider_analyst' });
    });

    it('sees how customers stand, opens one, and the rows behind a figure', async () => {
      await desk.open('/tenants');
      const row = grid('Customers').getByRole('row').filter({ hasText: '示例医院' });
      await row.getByRole('link', { name: /critical/i }).waitFor();
      await page.getByRole('button', { name: /Unacknowledged alerts/ }).click();
      await urlHas(page, 'only=new');
      await page.getByRole('button', { name: 'Name', exact: true }).click();
      await urlHas(page, 'sort=name');
      await row.getByText('示例医院').click();
      await urlHas(page, 'at=hospital');
      await pane('Customer').getByRole('heading', { name: '示例医院' }).waitFor();
      const link = row.getByRole('link', { name: /critical/i });
      const said = Number(/\d+/.exec(await link.innerText())?.[0]);
      await link.click();
      await urlHas(page, '/alerts', 'level=critical', 'tenant=hospital');
      await page.locator('main').getByText(new RegExp(`^${said} rows?`)).first().waitFor();
    });

    it('opens a source that has trouble from its customer', async () => {
      await desk.open('/tenants');
      const link = grid('Customers').getByRole('row').filter({ hasText: '示例医院' }).getByRole('link', { name: /Never/i });
      const said = Number(/\d+/.exec(await link.innerText())?.[0]);
      await link.click();
      await urlHas(page, '/sources', 'state=never', 'tenant=hospital');
      await expect.poll(() => table('Sources').locator('tbody tr').count()).toBe(said);
    });

    it('filters users, and reads what one did', async () => {
      await desk.open('/users');
      await page.getByRole('combobox', { name: 'Role' }).click();
      await page.locator('.ant-select-item-option').getByText('Provider admin', { exact: true }).click();
      await urlHas(page, 'role=provider_admin');
      await grid('Users').getByText('Administrator').first().click();
      await urlHas(page, 'at=admin');
      await pane('User').getByText('127.0.0.1').waitFor();
      await pane('User').getByRole('link', { name: 'All actions' }).click();
      await urlHas(page, '/audit', 'actor=admin');
      await table('Audit').locator('tbody tr').first().waitFor();
    });

    it('filters the audit, proves it, and takes it home', async () => {
      await desk.open('/audit');
      await page.getByRole('combobox', { name: 'Action' }).click();
      await page.keyboard.type('User added');
      await page.locator('.ant-select-item-option').getByText('User added', { exact: true }).click();
      await urlHas(page, 'action=user.create');
      await expect.poll(() => table('Audit').locator('tbody tr').count()).toBe((await items('/api/v1/audit?tenant=provider&action=user.create')).length);
      await page.getByRole('button', { name: 'Verify' }).click();
      await page.getByText(/Intact, \d+ entries/).waitFor();
      await page.getByRole('button', { name: 'Export' }).click();
      const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: /CSV/ }).click()]);
      expect(readFileSync(await file.path(), 'utf8')).toContain('mouse.analyst');
    });

    it('reads what to do about a port that cannot be opened, and goes to the source', async () => {
      const port = Number(new URL(desk.product.http).port); // the product's own: taken
      const made = await desk.ask('POST', '/api/v1/tenants/hospital/sources', { name: 'taken port', kind: 'firewall', port });
      await desk.open('/health');
      const row = table('Components').getByRole('row').filter({ hasText: 'syslog' });
      await row.getByText('Degraded').waitFor({ timeout: 40_000 });
      await row.click();
      await page.getByText('Choose another port').waitFor();
      await page.getByRole('link', { name: 'The sources concerned' }).click();
      await urlHas(page, '/sources', 'state=degraded,never');
      await table('Sources').getByText('taken port').waitFor();
      await desk.ask('DELETE', `/api/v1/tenants/hospital/sources/${made['id'] as string}`);
    });

    it('opens a source in trouble from the health page', async () => {
      await desk.open('/health');
      await table('Ingest and detection').getByRole('rowheader', { name: 'Not parsed' }).waitFor();
      const blind = page.getByRole('table').filter({ hasText: 'hospital linux' });
      await blind.getByRole('link', { name: 'hospital linux' }).click();
      await page.getByRole('heading', { level: 1, name: 'hospital linux' }).waitFor();
    });

    it('opens the rows behind a number of the overview', async () => {
      await desk.open('/');
      const link = page.locator('main a[href^="/alerts"]').filter({ hasText: /^\s*\d+ (critical|new alert)|^\d+$/ }).first();
      const said = Number(/\d+/.exec(await link.innerText())?.[0]);
      await link.click();
      await urlHas(page, '/alerts');
      await page.locator('main').getByText(new RegExp(`^${said} rows?`)).first().waitFor();
    });
  });

  describe('by keyboard', () => {
    it('finds a rule', async () => {
      await desk.open('/rules');
      await byKeys(page, async () => {
        await page.keyboard.press('/');
        await page.keyboard.type('uid 0');
        await urlHas(page, 'q=uid+0');
        await grid('Rules').getByRole('row', { name: /UID 0/ }).waitFor();
        await page.keyboard.press('Escape');
        await page.keyboard.press('j');
        await page.keyboard.press('Enter');
        await pane('Rule details').getByRole('heading', { name: /UID 0/ }).waitFor();
        await page.keyboard.press('Escape');
        await pane('Rule details').waitFor({ state: 'detached' });
        await page.keyboard.press('Enter');
        await pane('Rule details').waitFor();
        await page.keyboard.press('o');
        await page.getByRole('heading', { level: 1, name: /UID 0/ }).waitFor();
      });
    });

    it('imports a pack and says which rule was refused', async () => {
      await desk.open('/packs');
      await byKeys(page, async () => {
        await enter(page, page.getByRole('button', { name: 'Import a pack' }));
        await page.getByRole('button', { name: 'Choose a file' }).waitFor();
        await chooses(() => enter(page, page.getByRole('button', { name: 'Choose a file' })));
        await tabTo(page, page.getByLabel('Accept an unsigned archive'));
        await page.keyboard.press('Space');
        await enter(page, page.getByRole('button', { name: 'Import', exact: true }));
        await refused().waitFor();
      });
    });

    it('takes on a customer and an analyst', async () => {
      await desk.open('/tenants');
      await byKeys(page, async () => {
        await enter(page, page.getByRole('button', { name: 'New customer' }));
        await tabTo(page, form('New customer').getByLabel('Name'));
        await page.keyboard.type('Keys Ltd');
        await tabTo(page, form('New customer').getByLabel('Slug'));
        await page.keyboard.type('keys');
        await enter(page, form('New customer').getByRole('button', { name: 'Create' }));
        await grid('Customers').getByText('Keys Ltd').waitFor();
      });
      await desk.open('/users');
      await byKeys(page, async () => {
        await enter(page, page.getByRole('button', { name: 'New user' }));
        await tabTo(page, form('New user').getByLabel('User name'));
        await page.keyboard.type('keys.analyst');
        await tabTo(page, form('New user').getByLabel('Password'));
        await page.keyboard.type('a-long-passphrase');
        await enter(page, form('New user').getByRole('button', { name: 'Create' }));
        await grid('Users').getByText('keys.analyst').first().waitFor();
      });
    });

    it('walks customers and users, opens one, changes it, and comes back', async () => {
      await desk.open('/tenants');
      await grid('Customers').getByText('示例医院').waitFor();
      await byKeys(page, async () => {
        await page.keyboard.press('/');
        await page.keyboard.type('hospital');
        await urlHas(page, 'q=hospital');
        await expect.poll(() => grid('Customers').getByRole('row').count()).toBe(2); // the titles are a row
        await page.keyboard.press('Escape');
        await page.keyboard.press('j');
        await page.keyboard.press('Enter');
        await urlHas(page, 'at=hospital');
        await pane('Customer').waitFor();
        await page.keyboard.press('e');
        await tabTo(page, form('Edit customer').getByLabel('Days that events are kept'));
        await page.keyboard.press('ControlOrMeta+a');
        await page.keyboard.type('90');
        await enter(page, form('Edit customer').getByRole('button', { name: 'Save' }));
        await pane('Customer').getByText('90 days').waitFor();
        await form('Edit customer').waitFor({ state: 'hidden' });
        await page.keyboard.press('Escape');
        await pane('Customer').waitFor({ state: 'hidden' });
      });
      expect(await desk.ask('GET', '/api/v1/tenants/hospital')).toMatchObject({ retention_days: 90 });
      await desk.open('/users');
      await grid('Users').getByText('Administrator').first().waitFor();
      await byKeys(page, async () => {
        await page.keyboard.press('j');
        await page.keyboard.press('Enter');
        await urlHas(page, /at=[a-z]/);
        const first = page.url();
        await page.keyboard.press('j');
        await expect.poll(() => page.url()).not.toBe(first); // the pane follows
        await page.keyboard.press('Escape');
        await pane('User').waitFor({ state: 'hidden' });
      });
    });

    it('filters the audit, proves it, and takes it home', async () => {
      await desk.open('/audit');
      await byKeys(page, async () => {
        await tabTo(page, page.getByRole('combobox', { name: 'Action' }));
        await page.keyboard.type('User added');
        await page.locator('.ant-select-item-option-active').getByText('User added', { exact: true }).waitFor();
        await page.keyboard.press('Enter');
        await urlHas(page, 'action=user.create');
        await enter(page, page.getByRole('button', { name: 'Verify' }));
        await page.getByText(/Intact, \d+ entries/).waitFor();
        await enter(page, page.getByRole('button', { name: 'Export' }));
        const [file] = await Promise.all([page.waitForEvent('download'), enter(page, page.getByRole('menuitem', { name: /CSV/ }))]);
        expect(readFileSync(await file.path(), 'utf8')).toContain('user.create');
      });
    });

    it('reaches the parts of the health, and opens the rows behind a number of the overview', async () => {
      await desk.open('/');
      await byKeys(page, async () => {
        await page.keyboard.press('g');
        await page.keyboard.press('h');
        await table('Components').locator('tbody tr').first().waitFor();
        await page.keyboard.press('j');
        await page.keyboard.press('Enter');
        await page.getByText('Keeps customers, users, alerts').waitFor();
        await tabTo(page, table('Components').getByRole('button', { name: 'Details' }).nth(2));
        await page.keyboard.press('Enter');
        await page.getByText('Keeps and searches all events').waitFor();
        await page.keyboard.press('g');
        await page.keyboard.press('o');
        await enter(page, page.locator('main a[href^="/alerts"]').filter({ hasText: /^\s*\d+ (critical|new alert)|^\d+$/ }));
        await urlHas(page, '/alerts');
      });
    });
  });

  it('made no error in the browser', () => {
    expect(desk.errors).toEqual([]);
  });
});
