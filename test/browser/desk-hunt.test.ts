import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { byKeys, enter, sitDown, tabTo, urlHas, type Desk } from './desk';
import { browserPath } from './product';
import { ingest, stamp } from './seed';

const chromium = browserPath();
if (!chromium) console.warn('SKIPPED: the search, no Chromium found');

describe.skipIf(!chromium)('the search', () => {
  let desk: Desk;
  let page: Page;
  const editor = () => page.locator('.cm-content');
  const grid = () => page.getByRole('grid', { name: 'Search' });
  const rows = () => grid().locator('tbody tr[data-index]:not(.skeleton)');
  const told = async () => Number((/([\d,]+) events/.exec(await page.locator('.result-line').innerText())?.[1] ?? '-1').replace(/,/g, ''));
  const count = async (query: string) => {
    const found = await desk.ask('POST', '/api/v1/search', { tenants: ['hospital'], query, limit: 1000 });
    return (found['events'] as unknown[]).length;
  };
  const search = async (q: string) => {
    await desk.open(`/search?tenant=hospital&from=now-1h&to=now&q=${encodeURIComponent(q)}`);
    await editor().waitFor();
    await rows().first().waitFor();
  };
  // A list that has just come takes no key yet.
  const accept = async (text: string) => {
    await page.locator('.cm-tooltip-autocomplete li[aria-selected]', { hasText: text }).waitFor();
    await expect.poll(async () => {
      await page.keyboard.press('Tab');
      return editor().innerText();
    }, { interval: 100 }).toContain(text);
  };
  const histogram = () => page.getByRole('slider', { name: /arrow keys/ });
  const say = (text: string) => ingest(desk.product, desk.seeded.sources['hospital']!.token, [`<86>${stamp(0)} his-db01 sshd[7]: ${text}`]);
  const download = async (act: () => Promise<void>) => {
    const [file] = await Promise.all([page.waitForEvent('download'), act()]);
    return readFileSync(await file.path(), 'utf8');
  };

  beforeAll(async () => {
    desk = await sitDown(chromium!);
    page = desk.page;
  });
  afterAll(() => desk?.leave());

  describe('by mouse', () => {
    it('runs what is typed, and counts as the server does', async () => {
      await desk.open('/search?tenant=hospital');
      await editor().click();
      await page.keyboard.type('process.name:useradd');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Search', exact: true }).click();
      await urlHas(page, 'q=process.name:useradd');
      expect(await count('process.name:useradd')).toBeGreaterThan(0);
      await expect.poll(told).toBe(await count('process.name:useradd'));
    });

    it('tells where an address is registered, and counts by country', async () => {
      await say('Failed password for root from 8.8.8.8 port 40022 ssh2');
      await say('Failed password for root from 10.20.30.40 port 40022 ssh2');
      await expect.poll(() => count('source.ip:="8.8.8.8"')).toBeGreaterThan(0);
      await search('source.ip:="8.8.8.8"');
      await rows().first().click();
      const record = page.getByRole('complementary', { name: 'Record' });
      await record.getByText('United States').first().waitFor();
      const side = page.getByRole('complementary', { name: 'Fields' });
      await side.getByRole('searchbox').fill('country_iso_code');
      await side.getByRole('button', { name: /^source\.geo\.country_iso_code/ }).click();
      await side.getByRole('list', { name: 'Top values' }).getByText('United States').waitFor();
      await side.getByRole('button', { name: 'Filter for this value US' }).click();
      await urlHas(page, /country_iso_code/);
      if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/hunt-country.png` });
    });

    it('completes from the list', async () => {
      await desk.open('/search?tenant=hospital');
      await editor().click();
      await page.keyboard.type('host.na');
      await page.locator('.cm-tooltip-autocomplete li', { hasText: 'host.name' }).first().click();
      await page.locator('.cm-tooltip-autocomplete li', { hasText: 'his-db01' }).first().click();
      await page.getByRole('button', { name: 'Search', exact: true }).click();
      await urlHas(page, /q=.*host\.name.*his-db01/);
      await rows().first().waitFor();
    });

    it('narrows the time by dragging, and the value by a click', async () => {
      await search('process.name:sshd');
      const all = await told();
      const box = (await histogram().boundingBox())!;
      await page.mouse.move(box.x + box.width * 0.3, box.y + 30);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.6, box.y + 30, { steps: 4 });
      await page.mouse.up();
      await urlHas(page, 'from=', 'to=');
      await expect.poll(told).toBeLessThan(all);
      const side = page.locator('aside').filter({ hasText: 'Available' });
      await side.getByRole('button', { name: /^host\.name/ }).click();
      await side.getByRole('button', { name: /^Filter for.*his-db01/i }).click();
      await urlHas(page, /q=.*host\.name.*his-db01/);
    });

    it('opens a record, its tabs, and makes a column of a field', async () => {
      await search('process.name:useradd');
      await rows().first().locator('td').last().click();
      const record = page.getByRole('complementary', { name: 'Record' });
      await record.getByRole('tab', { name: 'JSON' }).click();
      await record.getByText('"event.original"').waitFor();
      await record.getByRole('tab', { name: 'Raw' }).click();
      await record.getByText(/useradd\[4711\]/).first().waitFor();
      await record.getByRole('tab', { name: 'Surrounding' }).click();
      await record.locator('li[aria-current="true"]').getByText(/backdoor/).waitFor();
      await record.getByRole('tab', { name: 'Fields' }).click();
      await record.locator('tr', { has: page.getByRole('rowheader', { name: 'isoc.parser', exact: true }) }).getByRole('button', { name: 'As column' }).click();
      await grid().getByRole('columnheader', { name: /isoc\.parser/ }).waitFor();
    });

    it('shows a record sent now, live', async () => {
      await search('process.name:sshd');
      await page.getByRole('button', { name: 'Live', exact: true }).click();
      await page.getByText(/Waiting for events|new events appear on top/).first().waitFor();
      await say('Accepted publickey for live-mouse from 10.0.0.9 port 1 ssh2');
      await rows().getByText('live-mouse').first().waitFor({ timeout: 20_000 });
      await page.getByRole('button', { name: 'Stop live' }).click();
    });

    it('opens the events behind a mark of a chart, and behind a row', async () => {
      const q = 'process.name:* | stats by (_time:5m, host.name) count() n';
      await desk.open(`/search?tenant=hospital&from=now-1h&to=now&q=${encodeURIComponent(q)}`);
      const chart = page.getByRole('img', { name: 'n over time' });
      await chart.locator('svg path').first().waitFor({ state: 'attached' });
      const box = (await chart.boundingBox())!;
      await page.mouse.move(box.x + box.width * 0.4, box.y + 60);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.7, box.y + 60, { steps: 4 });
      await page.mouse.up();
      await urlHas(page, 'stats', /from=2\d/, /to=2\d/);
      const row = page.locator('.rows .data-table tbody tr').first();
      await row.waitFor();
      const said = Number(await row.locator('.row-number').innerText());
      await row.getByRole('button', { name: 'Open the events of this row' }).click();
      await urlHas(page, /q=process\.name:\*.host\.name:=/);
      await rows().first().waitFor();
      await expect.poll(told).toBe(said);
    });

    it('counts patterns, and filters by one', async () => {
      await search('process.name:sshd');
      await page.getByRole('button', { name: 'Patterns' }).click();
      await urlHas(page, 'show=patterns');
      const line = page.getByRole('table', { name: 'Patterns' }).locator('tbody tr', { hasText: 'Accepted publickey' }).first();
      await line.waitFor();
      expect(await line.innerText()).toContain('<IP4>');
      const said = Number((/^[\d,]+/.exec((await line.locator('.row-number').innerText()).trim())?.[0] ?? '-1').replace(/,/g, ''));
      await line.getByRole('button', { name: /^Show these events/ }).click();
      await rows().first().waitFor();
      await expect.poll(told).toBe(said);
    });

    it('shows how the numbers of a field are spread, and narrows to a bar', async () => {
      await ingest(desk.product, desk.seeded.sources['hospital']!.token, [10, 20, 3000, 40000].map((bytes) => JSON.stringify({ '@timestamp': new Date().toISOString(), message: `sent ${bytes}`, spread: { bytes } })));
      await expect.poll(() => count('spread.bytes:*'), { timeout: 20_000 }).toBe(4);
      await search('spread.bytes:*');
      const side = page.locator('aside').filter({ hasText: 'Available' });
      await side.getByRole('button', { name: /^spread\.bytes/ }).click();
      await expect.poll(() => side.locator('.numbers dl').innerText()).toMatch(/min\s*10[\s\S]*max\s*40,000/);
      await side.getByRole('group', { name: /spread/ }).getByRole('button').last().click();
      await expect.poll(told).toBe(1);
    });

    it('saves all events as a file', async () => {
      await search('process.name:useradd');
      await page.getByRole('button', { name: /^Export/ }).click();
      const text = await download(() => page.getByRole('button', { name: 'JSON lines: whole events' }).click());
      const lines = text.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(lines).toHaveLength(await count('process.name:useradd'));
      expect(lines.every((line) => String(line['event.original']).includes('useradd'))).toBe(true);
    });
  });

  describe('by keyboard', () => {
    it('completes, runs, and says what is wrong with a query', async () => {
      await desk.open('/search?tenant=hospital');
      await editor().waitFor();
      await byKeys(page, async () => {
        await page.keyboard.press('/');
        await page.keyboard.type('host.na');
        await accept('host.name');
        await page.locator('.cm-tooltip-autocomplete li', { hasText: 'his-' }).first().waitFor();
        await page.keyboard.type('his-web');
        await accept('his-web02');
        await page.locator('.cm-tooltip-autocomplete').waitFor({ state: 'detached' });
        await page.keyboard.press('Enter');
        await urlHas(page, /q=.*host\.name.*his-web02/);
        await expect.poll(told).toBe(await count('host.name:="his-web02"'));
        await page.keyboard.press('Control+a');
        await page.keyboard.type('(sshd');
        await page.keyboard.press('Escape');
        await page.keyboard.press('/');
        await page.keyboard.press('Delete');
        await page.locator('.cm-lintRange-error').first().waitFor();
        await page.keyboard.press('Enter');
        await page.getByText('The query has a fault:').first().waitFor();
      });
    });

    it('narrows the time, and the value', async () => {
      await search('process.name:sshd');
      await byKeys(page, async () => {
        const all = await told();
        await tabTo(page, histogram());
        await page.keyboard.press('Home');
        for (let i = 0; i < 20; i++) await page.keyboard.press('Shift+ArrowRight');
        await page.keyboard.press('Enter');
        await urlHas(page, 'from=', 'to=');
        await expect.poll(told).toBeLessThan(all);
      });
      await search('process.name:sshd');
      await byKeys(page, async () => {
        const side = page.locator('aside').filter({ hasText: 'Available' });
        await enter(page, side.getByRole('button', { name: /^host\.name/ }));
        await enter(page, side.getByRole('button', { name: /^Filter for.*his-db01/i }));
        await urlHas(page, /q=.*host\.name.*his-db01/);
      });
    });

    it('opens a record, its tabs, and makes a column of a field', async () => {
      await search('process.name:useradd');
      await byKeys(page, async () => {
        await tabTo(page, grid().locator('tr[tabindex="0"]'));
        await page.keyboard.press('Enter');
        const record = page.getByRole('complementary', { name: 'Record' });
        await tabTo(page, record.getByRole('tab', { name: 'Fields' }));
        await page.keyboard.press('ArrowRight');
        await record.getByText('"event.original"').waitFor();
        await page.keyboard.press('ArrowRight');
        await record.getByText(/useradd\[4711\]/).first().waitFor();
        await page.keyboard.press('ArrowRight');
        await record.locator('li[aria-current="true"]').getByText(/backdoor/).waitFor();
        await page.keyboard.press('ArrowRight');
        await enter(page, record.locator('tr', { has: page.getByRole('rowheader', { name: 'isoc.parser', exact: true }) }).getByRole('button', { name: 'As column' }));
        await grid().getByRole('columnheader', { name: /isoc\.parser/ }).waitFor();
        await page.keyboard.press('Escape');
        await record.waitFor({ state: 'detached' });
      });
    });

    it('goes from a chart to its figures and to the events behind one', async () => {
      await desk.open(`/search?tenant=hospital&q=${encodeURIComponent('process.name:* | stats by (_time:5m) count() n')}`);
      await page.getByRole('img', { name: 'n over time' }).locator('svg path').first().waitFor({ state: 'attached' });
      await byKeys(page, async () => {
        await enter(page, page.getByRole('button', { name: /n over time/ }));
        const figure = page.getByRole('table', { name: 'n over time' }).getByRole('button').first();
        await tabTo(page, figure);
        const said = Number(await figure.innerText());
        await page.keyboard.press('Enter');
        await urlHas(page, /q=process\.name:\*(&|$)/, 'from=', 'to=');
        await rows().first().waitFor();
        await expect.poll(told).toBe(said);
      });
    });

    it('filters a pattern out', async () => {
      await search('process.name:sshd');
      await byKeys(page, async () => {
        await enter(page, page.getByRole('button', { name: 'Patterns' }));
        const lines = page.getByRole('table', { name: 'Patterns' }).locator('tbody tr');
        await lines.first().waitFor();
        const before = await lines.count();
        await enter(page, lines.first().getByRole('button', { name: /^Filter out/ }));
        await urlHas(page, 'show=patterns', '!message:');
        await expect.poll(() => lines.count()).toBe(before - 1);
      });
    });

    it('widens the time to where events are', async () => {
      const past = { from: new Date(Date.now() - 3_000).toISOString(), to: new Date(Date.now() - 2_000).toISOString() };
      await desk.open(`/search?tenant=hospital&q=${encodeURIComponent('process.name:useradd')}&from=${past.from}&to=${past.to}`);
      await page.getByRole('list', { name: 'Try' }).getByText('w', { exact: true }).waitFor();
      await byKeys(page, async () => {
        await page.keyboard.press('w');
        await rows().first().waitFor();
      });
    });

    it('shows a record sent now, live, and pauses', async () => {
      await search('process.name:sshd');
      await byKeys(page, async () => {
        await enter(page, page.getByRole('button', { name: 'Live', exact: true }));
        await page.getByText(/Waiting for events|new events appear on top/).first().waitFor();
        await say('Accepted publickey for live-keys from 10.0.0.9 port 1 ssh2');
        await rows().getByText('live-keys').first().waitFor({ timeout: 20_000 });
        await enter(page, page.getByRole('button', { name: /^Pause/ }));
        await page.getByText('Paused').waitFor();
      });
    });

    it('saves what is shown as a file', async () => {
      await search('process.name:useradd');
      await byKeys(page, async () => {
        const text = await download(async () => {
          await enter(page, page.getByRole('button', { name: /^Export/ }));
          await enter(page, page.getByRole('button', { name: 'CSV: columns shown' }));
        });
        const [head = '', ...lines] = text.trim().split('\n');
        expect(head).toContain('@timestamp');
        expect(lines).toHaveLength(await count('process.name:useradd'));
      });
    });

    it('opens the help and leaves it', async () => {
      await desk.open('/search?tenant=hospital');
      await byKeys(page, async () => {
        await enter(page, page.getByRole('button', { name: /^Help and examples/ }));
        const help = page.getByRole('dialog', { name: 'Help and examples' });
        await help.waitFor();
        await page.keyboard.press('Escape');
        await help.waitFor({ state: 'detached' });
      });
    });
  });

  it('made no error in the browser', () => {
    expect(desk.errors).toEqual([]);
  });
});
