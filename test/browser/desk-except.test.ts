import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { byKeys, enter, sitDown, tabTo, type Desk } from './desk';
import { browserPath } from './product';
import { ingest, stamp } from './seed';

const chromium = browserPath();
if (!chromium) console.warn('SKIPPED: exceptions, no Chromium found');

describe.skipIf(!chromium)('exceptions', () => {
  let desk: Desk;
  let page: Page;
  type Row = Record<string, unknown>;
  const items = async (path: string) => (await desk.ask('GET', path))['items'] as Row[];
  const attack = (host: string) => ingest(desk.product, desk.seeded.sources['hospital']!.token, [
    `<86>${stamp(1)} ${host} useradd[4711]: new user: name=backdoor, UID=0, GID=0, home=/root, shell=/bin/bash`,
  ]);
  const alertOf = async (host: string) => (await items(`/api/v1/alerts?tenant=hospital&q=${host}`))[0];
  /** Sends what raises an alert of a host nobody else has, and waits for it. */
  const raised = async (host: string) => {
    await attack(host);
    await expect.poll(() => alertOf(host), { timeout: 20_000 }).toBeTruthy();
    return (await alertOf(host))!;
  };
  // The impact is asked of archived events, which can be found a second after they came.
  const findable = (host: string) => expect.poll(async () => ((await desk.ask('POST', '/api/v1/search', { query: `host.name:="${host}"`, from: 'now-1h' }))['events'] as Row[]).length, { timeout: 20_000 }).toBe(1);

  beforeAll(async () => {
    desk = await sitDown(chromium!);
    page = desk.page;
  });
  afterAll(() => desk?.leave());

  it('are drafted from an alert, counted, saved; then it fires no more and the hits rise', async () => {
    const alert = await raised('his-quiet01');
    await findable('his-quiet01');
    await desk.open(`/alerts/${alert['id'] as string}`);
    await page.getByRole('button', { name: 'Make an exception' }).click();
    const drawer = page.getByRole('dialog', { name: 'New exception' });
    await drawer.getByText(/^1 of \d+ firings kept back/).waitFor();
    expect(new URL(page.url()).searchParams.get('except')).toBe('true'); // reloading or sending the link opens it again
    const query = drawer.getByRole('textbox', { name: 'Filter' });
    await expect.poll(() => query.textContent()).toContain('"host.name":="his-quiet01"');
    // A filter that was changed must be counted anew before it can be saved.
    await query.click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type(' process.name:=useradd');
    const save = drawer.getByRole('button', { name: /Save exception/ });
    expect(await save.isDisabled()).toBe(true);
    await drawer.getByRole('button', { name: 'Count the impact' }).click();
    await expect.poll(() => save.isEnabled()).toBe(true);
    await drawer.getByRole('textbox', { name: 'Reason' }).fill('a migration of our own');
    await save.click();
    await drawer.waitFor({ state: 'hidden' });
    expect(new URL(page.url()).searchParams.has('except')).toBe(false);
    const [made] = await items('/api/v1/exceptions?tenant=hospital&q=migration');
    expect(made).toMatchObject({ rule: (alert['rule'] as Row)['id'], alert: alert['id'], state: 'active', hits: 0 });

    await attack('his-quiet01');
    await attack('his-quiet01');
    await expect.poll(async () => (await items('/api/v1/exceptions?tenant=hospital&q=migration'))[0]?.['hits'], { timeout: 20_000 }).toBe(2);
    expect((await alertOf('his-quiet01'))?.['count']).toBe(alert['count']);
    await attack('his-loud01'); // another host still raises
    await expect.poll(() => alertOf('his-loud01'), { timeout: 20_000 }).toBeTruthy();

    await desk.open('/exceptions?tenant=hospital');
    const row = page.getByRole('row').filter({ hasText: 'his-quiet01' });
    await row.waitFor();
    expect(await row.textContent()).toContain('In force');
    expect(desk.errors).toEqual([]);
  });

  it('are drafted once an alert is closed as a false positive, where that is asked for', async () => {
    const alert = await raised('his-close01');
    await findable('his-close01');
    const state = async () => (await desk.ask('GET', `/api/v1/alerts/${alert['id'] as string}`));
    await desk.open(`/alerts/${alert['id'] as string}`);
    await page.getByRole('button', { name: 'Make an exception' }).waitFor();
    const drawer = page.getByRole('dialog', { name: 'New exception' });
    await byKeys(page, async () => {
      await page.keyboard.press('c');
      const form = page.getByRole('form', { name: 'Close the alert' });
      const then = form.getByRole('checkbox', { name: 'Then make an exception for this alert' });
      await tabTo(page, form.getByRole('radio').first());
      expect(await then.count()).toBe(0); // of a false positive alone
      for (let i = 0; i < 6 && (await then.count()) === 0; i++) await page.keyboard.press('ArrowDown');
      await tabTo(page, form.getByRole('textbox'));
      await page.keyboard.type('the yearly migration');
      await tabTo(page, then);
      await page.keyboard.press('Space');
      await page.keyboard.press('Control+Enter');
      await drawer.getByText(/^1 of \d+ firings kept back/).waitFor();
    });
    expect(await state()).toMatchObject({ state: 'closed', verdict: 'false_positive', reason: 'the yearly migration' });
    await drawer.getByRole('textbox', { name: 'Reason' }).fill('of the closing');
    await drawer.getByRole('button', { name: /Save exception/ }).click();
    await drawer.waitFor({ state: 'hidden' });
    expect((await items('/api/v1/exceptions?tenant=hospital&q=closing')).map((each) => each['alert'])).toEqual([alert['id']]);
    expect(desk.errors).toEqual([]);
  });

  it('are made, extended and removed by keys', async () => {
    const alert = await raised('his-keys01');
    await findable('his-keys01');
    await desk.open(`/alerts/${alert['id'] as string}`);
    await page.getByRole('button', { name: 'Make an exception' }).waitFor();
    await byKeys(page, async () => {
      await page.keyboard.press('x');
      const drawer = page.getByRole('dialog', { name: 'New exception' });
      await drawer.getByText(/^1 of \d+ firings kept back/).waitFor();
      await tabTo(page, drawer.getByRole('textbox', { name: 'Reason' }));
      await page.keyboard.type('by keys alone');
      await page.keyboard.press('Control+Enter');
      await drawer.waitFor({ state: 'hidden' });
    });
    await desk.open('/exceptions?tenant=hospital&q=keys%20alone');
    await page.getByRole('row').filter({ hasText: 'his-keys01' }).waitFor();
    const end = async () => Date.parse((await items('/api/v1/exceptions?tenant=hospital&q=keys%20alone'))[0]?.['expires_at'] as string);
    const before = await end();
    await byKeys(page, async () => {
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');
      const pane = page.getByRole('complementary', { name: 'Exception' });
      await pane.waitFor();
      await enter(page, pane.getByRole('button', { name: 'Give more time' }));
      const form = pane.getByRole('form', { name: 'Give more time' });
      await tabTo(page, form.getByRole('radio', { checked: true }));
      await page.keyboard.press('ArrowRight'); // from 30 days to 90
      await enter(page, form.getByRole('button', { name: 'Save' }));
      await form.waitFor({ state: 'hidden' });
      const days = 86_400_000;
      await expect.poll(async () => Math.round((await end() - before) / days), { timeout: 10_000 }).toBe(60);
      await enter(page, pane.getByRole('button', { name: 'Remove' }));
      await page.keyboard.type('no longer needed');
      await enter(page, pane.getByRole('form', { name: 'Remove' }).getByRole('button', { name: 'Remove' }));
    });
    await expect.poll(async () => (await items('/api/v1/exceptions?tenant=hospital&q=keys%20alone')).length).toBe(0);
  });
});
