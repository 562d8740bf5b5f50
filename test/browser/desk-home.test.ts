import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Page } from 'playwright-core';
import { byKeys, enter, sitDown, urlHas, type Desk } from './desk';
import { browserPath } from './product';
import { settled } from './screens';
import { ingest, stamp } from './seed';

const chromium = browserPath();
if (!chromium) console.warn('SKIPPED: the home, no Chromium found');
const shots = process.env.SHOTS;

interface Figure { says: string; value: number; href: string }

// Where figures stand: what is clicked, and where its number is.
const figures = ['.ov-figures dd a', '.ov-sentence .ov-part > a', '.ov-since .ov-item a', '.ov-legend a', '.section > .row a', '.data-table td.number a', '.ov-ranked tbody tr'];

describe.skipIf(!chromium)('the home and what fell silent', () => {
  let desk: Desk;
  let page: Page;
  const gate = '出口防火墙';
  let quiet: { id: string; token: string };

  beforeAll(async () => {
    desk = await sitDown(chromium!);
    page = desk.page;
    const made = await desk.ask('POST', '/api/v1/tenants/factory/sources', { name: gate, kind: 'linux', expect_minutes: 1 });
    quiet = { id: made['id'] as string, token: made['token'] as string };
    await ingest(desk.product, quiet.token, [`<86>${stamp(0)} gate sshd[5]: Accepted publickey for gate from 10.0.0.8 port 1 ssh2`]);
    await vi.waitFor(async () => { // figures are read afterwards
      const found = await desk.ask('POST', '/api/v1/search', { tenants: ['factory'], query: 'host.name:=gate' });
      expect(found['events']).toHaveLength(1);
    }, { timeout: 30_000, interval: 200 });
  });
  afterAll(() => desk?.leave());

  const picture = async (name: string) => {
    if (!shots) return;
    mkdirSync(shots, { recursive: true });
    await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
  };
  const numberIn = async (where: string) => Number(/[\d,]+/.exec(await page.locator(where).first().innerText())?.[0].replace(/,/g, ''));
  const rowsOf = async (href: string): Promise<number> => {
    const path = new URL(href).pathname;
    if (path === '/alerts' || path === '/sources') return numberIn('.page-head .count');
    if (path === '/search') return numberIn('[role=status] strong');
    if (path === '/audit') return page.getByRole('table', { name: 'Audit' }).locator('tbody tr').count();
    if (path.startsWith('/sources/')) return page.getByRole('table', { name: 'Detection rules that rest on it' }).locator('tbody tr').filter({ hasText: 'This source alone' }).count();
    throw new Error(`${href} has no rows`);
  };
  const lost = () => page.locator('section.section').filter({ hasText: 'Detection lost while it is silent' });

  it('every number opens exactly its rows', async () => {
    await desk.open('/');
    await settled(page);
    const found: Figure[] = [];
    for (const where of figures) {
      for (const each of await page.locator(`main ${where}`).all()) {
        const link = where.endsWith('tr') ? each.locator('a').first() : each;
        if (await each.locator('time').count() > 0) continue;
        const says = (await (where.endsWith('tr') ? each.locator('td.number') : each).innerText()).trim();
        const value = /[\d,]+/.exec(says)?.[0];
        if (value === undefined) continue;
        found.push({ says: `${where}: ${says}`, value: Number(value.replace(/,/g, '')), href: await link.evaluate((a: HTMLAnchorElement) => a.href) });
      }
    }
    // What opens the riskiest alert shows its risk, not a count.
    const counts = found.filter(({ href }) => !href.includes('sort=risk'));
    expect(counts.length).toBeGreaterThan(15);
    for (const path of ['/alerts', '/search', '/sources', '/audit']) expect(counts.filter(({ href }) => new URL(href).pathname === path), path).not.toEqual([]);
    const seen = new Set<string>();
    for (const { says, value, href } of counts) {
      if (seen.has(`${href} ${value}`)) continue;
      seen.add(`${href} ${value}`);
      await page.goto(href);
      await settled(page);
      await expect.poll(() => rowsOf(href), { timeout: 10_000, message: `${says} opens ${decodeURIComponent(href)}` }).toBe(value);
    }
  }, 400_000);

  it('the risk of a customer is that of its riskiest alert', async () => {
    await desk.open('/');
    const link = page.getByRole('table', { name: 'Customers' }).locator('a[href*="sort=risk"]').first();
    const risk = await link.innerText();
    await link.click();
    await urlHas(page, '/alerts', 'tenant=');
    const top = (await desk.ask('GET', `/api/v1/alerts?state=open&sort=risk&limit=1&tenant=${new URL(page.url()).searchParams.get('tenant')}`))['items'] as { risk: number }[];
    expect(Number(risk)).toBe(top[0]!.risk);
  });

  it('is marked as seen by a key', async () => {
    await desk.open('/');
    await page.locator('.ov-since').getByText('Recent changes').waitFor();
    await byKeys(page, async () => {
      await page.keyboard.press('e');
      await page.locator('.ov-since').getByText('Since you marked it seen').waitFor();
      await page.locator('.ov-since').getByText('Nothing changed').waitFor();
    });
  });

  describe('a source that fell silent', () => {
    it('is known to be silent a minute later', async () => {
      await expect.poll(async () => ((await desk.ask('GET', '/api/v1/sources?state=silent'))['items'] as { id: string }[]).map(({ id }) => id), { timeout: 110_000, interval: 2_000 }).toEqual([quiet.id]);
    }, 120_000);

    it('by mouse: rings the bell, opens, and tells which rules are blind', async () => {
      await desk.open('/');
      const cell = page.getByRole('table', { name: /^Blind spots/ }).locator('tbody tr').filter({ hasText: gate }).locator('td.number a');
      await cell.waitFor();
      await picture('home-silent');
      await page.locator('.bell').click();
      await picture('bell');
      await page.locator('.attention').getByRole('link', { name: new RegExp(gate) }).click();
      await urlHas(page, `/sources/${quiet.id}`, 'tenant=factory');
      await lost().getByText(/No rule is blind/).first().waitFor();
      await lost().getByText('linux.auth').waitFor();
      await picture('source-silent');
      const all = await desk.ask('GET', `/api/v1/tenants/factory/sources/${quiet.id}/coverage?limit=5000`);
      await lost().getByRole('button', { name: /^Show all/ }).click();
      await urlHas(page, 'rules=all');
      await expect.poll(() => lost().locator('tbody tr').count()).toBe(Math.min(200, Number(all['sole']) + Number(all['shared'])));
      expect(Number(all['shared'])).toBeGreaterThan(0); // the factory's other source still sends the same
      await lost().locator('tbody tr a').first().click();
      await urlHas(page, /\/rules\//);
    });

    it('by keyboard: is found from another page by the first letters of its reading', async () => {
      await desk.open('/alerts?tenant=hospital');
      await byKeys(page, async () => {
        await page.keyboard.press('Control+k');
        await page.getByRole('combobox', { name: 'Command palette' }).waitFor();
        await page.keyboard.type('ckfhq');
        await page.getByRole('option', { name: new RegExp(gate) }).waitFor();
        await page.keyboard.press('Enter');
        await urlHas(page, `/sources/${quiet.id}`, 'tenant=factory');
        await page.getByRole('heading', { level: 1, name: gate }).waitFor();
        await enter(page, lost().getByRole('button', { name: /^Show all/ }));
        await urlHas(page, 'rules=all');
      });
    });

    it('by keyboard: opens from the bell', async () => {
      await desk.open('/alerts');
      await byKeys(page, async () => {
        await enter(page, page.locator('.bell'));
        await enter(page, page.locator('.attention').getByRole('link', { name: new RegExp(gate) }));
        await urlHas(page, `/sources/${quiet.id}`);
      });
    });

    it('before the first record, the kind says what to expect', async () => {
      const never = ((await desk.ask('GET', '/api/v1/sources?state=never'))['items'] as { id: string }[])[0]!;
      await desk.open(`/sources/${never.id}?tenant=hospital`);
      await page.getByText(/Of a source of the kind “Firewall” records are expected/).waitFor();
      await picture('source-never');
    });
  });

  it('made no error in the browser', () => {
    expect(desk.errors).toEqual([]);
  });
});
