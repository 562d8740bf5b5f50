import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { byKeys, sitDown, urlHas, type Desk } from './desk';
import { browserPath } from './product';

const chromium = browserPath();
if (!chromium) console.warn('SKIPPED: the life of a rule, no Chromium found');

describe.skipIf(!chromium)('the life of a rule', () => {
  let desk: Desk;
  let page: Page;
  const grid = () => page.getByRole('grid', { name: 'Rules' });
  const pane = () => page.getByRole('complementary', { name: 'Rule details' });
  const state = async (id: string) => (await desk.ask('GET', `/api/v1/rules/${id}/state`))['state'];
  const ids = async (query: string) => ((await desk.ask('GET', `/api/v1/rules?${query}`))['items'] as { id: string }[]).map(({ id }) => id);

  beforeAll(async () => {
    desk = await sitDown(chromium!);
    page = desk.page;
  }, 120_000);
  afterAll(() => desk?.leave());

  it('asks before a rule is taken from correlations, and tells which part a correlation lacks', async () => {
    const refused = 'b64c46f0-d1d1-4853-9838-61bc9ab5831b'; // console_refused, of which a chain is made
    const chain = 'f9d24e86-90c4-47ba-9398-44a758471bd7';
    await desk.open(`/rules/${refused}`);
    const dialog = page.getByRole('alertdialog', { name: 'Correlations lose a part' });
    await page.getByRole('group', { name: 'Change the state' }).getByRole('button', { name: 'To testing' }).click();
    await dialog.getByText(/AWS Console Password Guessing, Then/).waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await state(refused)).toBe('enabled');
    await page.getByRole('group', { name: 'Change the state' }).getByRole('button', { name: 'To testing' }).click();
    await dialog.getByRole('button', { name: 'Go on' }).click();
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => state(refused)).toBe('testing');
    expect(await state(chain)).toBe('enabled');
    await desk.open('/rules/731af014-b692-4ea6-a740-a98797d56897');
    await page.getByText('does not count: it does not run').waitFor();
    await desk.ask('PUT', `/api/v1/rules/${refused}/state`, { state: 'shadow', reason: '' });
    await page.reload();
    await page.getByText('does not count: in the shadow it does so only in correlations in the shadow').waitFor();
    await desk.ask('PUT', `/api/v1/rules/${refused}/state`, { state: 'enabled', reason: '' });
  });

  it('runs several rules in the shadow at once, by mouse, and tells how many', async () => {
    await desk.open('/rules?sort=title&level=high');
    const [first, second] = await ids('sort=title&level=high&limit=2');
    const boxes = grid().getByRole('row').getByRole('checkbox');
    await boxes.nth(0).click();
    await boxes.nth(1).click();
    const bar = page.getByRole('toolbar', { name: 'Change many' });
    await bar.getByText('2 rules picked').waitFor();
    await bar.getByRole('button', { name: /Run in the shadow/ }).click();
    await page.getByRole('status').getByText('2 rules run in the shadow.').waitFor();
    expect([await state(first!), await state(second!)]).toEqual(['shadow', 'shadow']);
    await grid().getByRole('row').nth(1).getByText('Shadow').waitFor();
  });

  it('enables and switches off by keys alone', async () => {
    await desk.open('/rules?sort=title&state=shadow');
    const wanted = await ids('sort=title&state=shadow');
    expect(wanted).toHaveLength(2);
    await byKeys(page, async () => {
      await page.keyboard.press('j');
      await page.keyboard.press('x');
      await page.keyboard.press('j');
      await page.keyboard.press('x');
      await page.getByRole('toolbar', { name: 'Change many' }).getByText('2 rules picked').waitFor();
      await page.keyboard.press('e');
      await page.getByRole('status').getByText('2 rules enabled.').waitFor();
    });
    expect(await ids('state=shadow')).toEqual([]);
    for (const id of wanted) expect(await state(id)).toBe('enabled');
    await desk.open('/rules?sort=title&level=high');
    await byKeys(page, async () => {
      await page.keyboard.press('j');
      await page.keyboard.press('x');
      await page.keyboard.press('d');
      await page.getByRole('status').getByText('1 rule switched off.').waitFor();
    });
    expect(await ids('state=deprecated')).toEqual([wanted[0]]);
  });

  it('switches a rule off at one customer and back', async () => {
    const [id] = await ids('sort=title&level=high&limit=1');
    await desk.open(`/rules?at=${id}`);
    await urlHas(page, 'at=');
    await pane().getByText('Every customer has it as the platform does.').waitFor();
    await pane().getByRole('combobox', { name: 'Choose a customer' }).click();
    await page.locator('.ant-select-item-option').first().click();
    const group = pane().getByRole('group', { name: /State of the rule at/ });
    await group.getByRole('button', { name: 'Off' }).click();
    await pane().getByText('Every customer has it as the platform does.').waitFor({ state: 'detached' });
    const standing = await desk.ask('GET', `/api/v1/rules/${id}/state`) as { state: string; overrides: { state: string; slug: string }[] };
    expect(standing.state).toBe('enabled');
    expect(standing.overrides.map((each) => each.state)).toEqual(['off']);
    let answer;
    for (let tries = 0; tries < 3 && !answer; tries++) { // what the pane reads anew meanwhile may close the list under the click
      const answered = page.waitForResponse((each) => each.request().method() === 'PUT' && each.url().endsWith('/state'), { timeout: 5000 }).catch(() => undefined);
      await pane().getByRole('combobox', { name: /State of the rule at/ }).click();
      await page.locator('.ant-select-item-option', { hasText: 'As the platform' }).click();
      answer = await answered;
    }
    expect(answer?.status()).toBeLessThan(300);
    await pane().getByText('Every customer has it as the platform does.').waitFor();
  });
});
