import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { byKeys, enter, sitDown, type Desk } from './desk';
import { browserPath } from './product';
import { attack, ingest, stamp } from './seed';

const chromium = browserPath();
if (!chromium) console.warn('SKIPPED: back-fill, no Chromium found');

interface Gaps { spans: { state: string }[]; gaps: { kind: string; filled?: object }[]; runs: { state: string; raised: number }[] }
interface Alerts { items: { rule: { id: string }; count: number; backfilled_by: string }[] }

describe.skipIf(!chromium)('what a rule missed', () => {
  let desk: Desk;
  let page: Page;
  const gaps = async () => (await desk.ask('GET', `/api/v1/tenants/hospital/rules/${desk.seeded.rule}/gaps`)) as unknown as Gaps;
  const later = async () => ((await desk.ask('GET', '/api/v1/alerts?tenant=hospital&limit=100')) as unknown as Alerts).items.filter((each) => each.backfilled_by !== '');
  const stands = (state: string) => expect.poll(async () => (await gaps()).spans.at(-1)?.state, { timeout: 20_000 }).toBe(state);

  beforeAll(async () => {
    desk = await sitDown(chromium!);
    page = desk.page;
  }, 120_000);
  afterAll(() => desk?.leave());

  it('happens while it is off at a customer', async () => {
    const path = `/api/v1/tenants/hospital/rules/${desk.seeded.rule}/state`;
    await desk.ask('PUT', path, { state: 'off', reason: '' });
    await stands('off');
    const host = 'missed-db09'; // what the seeded rule fires on is among these
    const rootIn = `<86>${stamp(4)} ${host} sshd[4299]: Accepted password for root from 203.0.113.98 port 41999 ssh2`;
    const search = async () => ((await desk.ask('POST', '/api/v1/search', { tenants: ['hospital'], query: `host.name:="${host}" | stats count() n`, from: 'now-1h' }))['events'] as { n: string }[])[0]?.n;
    await ingest(desk.product, desk.seeded.sources['hospital']!.token, [...attack(5, host, '203.0.113.99'), rootIn]);
    await expect.poll(search, { timeout: 20_000 }).toBe('4');
    await desk.ask('PUT', path, { state: 'inherit', reason: '' });
    await stands('on');
    expect((await gaps()).gaps.map(({ kind }) => kind)).toEqual(['off']);
  });

  it('is shown as a gap, counted, and searched for by keys alone', async () => {
    expect(await later()).toEqual([]);
    await desk.open(`/rules/${desk.seeded.rule}?tenant=hospital`);
    const list = page.getByRole('list', { name: 'Gaps' });
    await list.getByText('Not running').waitFor();
    await byKeys(page, async () => {
      await enter(page, list.getByRole('button', { name: 'Show impact' }));
      const impact = page.getByRole('region', { name: 'Impact of back-filling' });
      await impact.getByRole('button', { name: 'Back-fill' }).waitFor();
      await impact.getByText(/^[1-9]\d* hits?$/).waitFor();
      if (process.env['SHOTS']) await pictures('gap-impact');
      expect(await later()).toEqual([]);
      await enter(page, impact.getByRole('button', { name: 'Back-fill' }));
      await list.getByText('✓ Back-filled').waitFor();
    });
    const { runs } = await gaps();
    expect(runs.map(({ state }) => state)).toEqual(['done']);
    const found = await later();
    expect(found.length).toBeGreaterThan(0);
    expect(found.every((each) => each.rule.id === desk.seeded.rule && each.backfilled_by === 'admin')).toBe(true);
    expect(found.reduce((sum, { count }) => sum + count, 0)).toBe(runs[0]!.raised);
    if (process.env['SHOTS']) await pictures('gap-filled');
  });

  it('stands in the queue as back-filled', async () => {
    await desk.open(`/rules/${desk.seeded.rule}?tenant=hospital`);
    await page.getByRole('link', { name: 'All alerts of this rule' }).click();
    await page.getByRole('grid').getByText('Back-filled').first().waitFor();
    if (process.env['SHOTS']) await pictures('gap-alerts');
    expect(desk.errors).toEqual([]);
  });

  async function pictures(name: string): Promise<void> {
    const take = async (look: string) => {
      if (name !== 'gap-impact') await page.reload();
      await page.waitForTimeout(1500);
      for (const width of [1440, 390]) {
        await page.setViewportSize({ width, height: 1300 });
        await page.waitForTimeout(300);
        await page.screenshot({ path: `${process.env['SHOTS']}/${name}.${look}.${width}.png` });
      }
      await page.setViewportSize({ width: 1440, height: 900 });
    };
    await take('en.light');
    if (name === 'gap-impact') return;
    await page.evaluate(() => localStorage.setItem('isoc.theme', 'dark'));
    await take('en.dark');
    await page.evaluate(() => localStorage.setItem('isoc.theme', 'light'));
    await desk.ask('PATCH', '/api/v1/me', { locale: 'zh-CN' });
    await page.evaluate(() => localStorage.setItem('isoc.lang', 'zh-CN'));
    await take('zh.light');
    await desk.ask('PATCH', '/api/v1/me', { locale: 'en' });
    await page.evaluate(() => localStorage.setItem('isoc.lang', 'en'));
    await page.reload();
  }
});
