import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byKeys, enter, sitDown, type Desk } from './desk';
import { browserPath } from './product';

const chromium = browserPath();
if (!chromium) console.warn('SKIPPED: the dry run, no Chromium found');

describe.skipIf(!chromium)('the dry run of a rule', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await sitDown(chromium!);
  });
  afterAll(() => desk?.leave());

  it('tells what the rule would have found, as often as it did fire', async () => {
    const { page, seeded } = desk;
    // Every firing of the rule at one customer was judged by the pipeline; a dry run over the same events finds as many.
    const alerts = (await desk.ask('GET', '/api/v1/alerts?tenant=hospital&limit=50'))['items'] as { rule: { id: string }; count: number }[];
    const fired = alerts.filter(({ rule }) => rule.id === seeded.rule).reduce((sum, { count }) => sum + count, 0);
    expect(fired).toBeGreaterThan(0);
    await desk.open(`/rules/${seeded.rule}/edit?tab=dry&tenant=hospital`);
    await page.getByRole('tab', { name: 'Dry run' }).focus(); // the text before it keeps Tab for itself
    await byKeys(page, () => enter(page, page.getByRole('button', { name: 'Dry run' })));
    const found = page.getByRole('region', { name: 'Result of the dry run' });
    await found.getByText(new RegExp(`^${fired} hits?$`)).waitFor();
    await expect.poll(() => page.getByRole('progressbar').count()).toBe(0);
    await found.getByText('Latest hits').waitFor();
    if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/dry-run.png` });
    expect(desk.errors).toEqual([]);
  });
});
