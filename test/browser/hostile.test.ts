import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { browserPath, datagram, password, startBrowser, startProduct, type Product } from './product';
import { screens, settled } from './screens';
import { api, seed, type Seeded } from './seed';

const chromium = browserPath();
if (!chromium) console.warn('SKIPPED: hostile records, no Chromium found');

// Each of these would leave a trace in window.broken, an element named x-hostile, or a broken page if it ever became markup.
const bombs = [
  '<img src=x onerror="window.broken=1">',
  '"><script>window.broken=2</script>',
  "'><svg/onload=window.broken=3>",
  '<x-hostile onclick=window.broken=4>press</x-hostile>',
  '</style><style>body{display:none}</style>',
  'javascript:window.broken=5',
  '{{constructor.constructor("window.broken=6")()}} ${window.broken=7}',
  '\u001b[2J\u001b[31mred\u001b]8;;http://203.0.113.9/\u0007link',
  '\u202egnp.exe\u202c \u2066hidden\u2069 \u200bzero',
  '%s%n%x %00 \\u0000 --> <!-- ]]> <![CDATA[',
  '=HYPERLINK("http://203.0.113.9/","open")',
  `long${'A<b>'.repeat(4000)}`,
];

/** Records whose every field is hostile: through syslog, plain lines, JSON with hostile names, Windows-like events. */
async function attackEverything(product: Product, s: Seeded): Promise<void> {
  const source = s.sources['hospital']!.token;
  const lines: string[] = [];
  for (const bomb of bombs) {
    const word = bomb.replace(/\s/g, '_').slice(0, 200);
    lines.push(
      `<86>1 ${new Date().toISOString()} ${word} useradd 4711 - - new user: name=${bomb}, UID=0, GID=0, home=/root, shell=/bin/bash`,
      `<86>${new Date().toUTCString().replace(/^\w+, (\d+) (\w+) \d+ ([\d:]+) GMT$/, '$2 $1 $3')} his-db01 useradd[99]: new user: name=${bomb}, UID=0, GID=0, home=/root, shell=/bin/bash`,
      `203.0.113.9 - ${word} [${new Date().toUTCString().replace(/^\w+, (\d+) (\w+) (\d+) ([\d:]+) GMT$/, '$1/$2/$3:$4')} +0000] "GET /index.php?id=1%27%20UNION%20SELECT%20${bomb.replace(/"/g, '%22')} HTTP/1.1" 200 17 "-" "${bomb.replace(/"/g, '\\"')}"`,
      JSON.stringify({ '@timestamp': new Date().toISOString(), message: bomb, host: { name: bomb }, user: { name: bomb }, [bomb.slice(0, 60)]: bomb, process: { command_line: bomb, executable: bomb } }),
      JSON.stringify({ Channel: 'Security', EventID: 4720, Computer: bomb, TargetUserName: bomb, SubjectUserName: bomb, '@timestamp': new Date().toISOString() }),
    );
  }
  const response = await fetch(`${product.http}/ingest/raw`, { method: 'POST', headers: { authorization: `Bearer ${source}` }, body: lines.map((line) => line.replace(/\n/g, ' ')).join('\n') });
  if (!response.ok) throw new Error(`ingest: ${response.status} ${await response.text()}`);
  for (const bomb of bombs) await datagram(product.syslog, `<13>Nov 23 10:00:00 ${bomb.slice(0, 60).replace(/\s/g, '_')} app[1]: ${bomb.slice(0, 1500)}`);
  // Names that a careless or hostile colleague gives.
  for (const [i, bomb] of bombs.slice(0, 4).entries()) {
    await api(product, s.token, 'POST', '/api/v1/tenants', { slug: `hostile-${i}`, name: bomb });
    await api(product, s.token, 'POST', '/api/v1/tenants/hospital/sources', { name: bomb, kind: 'linux' });
  }
}

describe.skipIf(!chromium)('hostile records', () => {
  let product: Product;
  let browser: Browser;
  let page: Page;
  let seeded: Seeded;
  const errors: string[] = [];
  const outside: string[] = [];

  beforeAll(async () => {
    product = await startProduct();
    browser = await startBrowser(chromium!);
    seeded = await seed(product);
    await attackEverything(product, seeded);
    const context = await browser.newContext({ locale: 'en', viewport: { width: 1440, height: 900 } });
    page = await context.newPage();
    page.on('dialog', (dialog) => { errors.push(`dialog: ${dialog.message()}`); void dialog.dismiss(); });
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/401|422/.test(message.text())) errors.push(`${page.url()}: ${message.text()}`);
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(product.http) && !/^(data|blob):/.test(request.url())) outside.push(request.url());
    });
    await page.goto(product.http);
    await page.locator('#username').fill('admin');
    await page.locator('#password').fill(password);
    await page.locator('button[type=submit]').click();
    await page.locator('.shell').waitFor();
    await waitForHostileAlerts(product, seeded.token);
  });
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });

  const visits = [
    ...screens,
    { name: 'search-hostile', path: () => `/search?tenant=hospital&q=${encodeURIComponent('onerror')}` },
    { name: 'search-stats', path: () => `/search?tenant=hospital&q=${encodeURIComponent('* | stats by (host.name, user.name) count() n')}` },
    { name: 'search-chart-users', path: () => `/search?tenant=hospital&q=${encodeURIComponent('* | stats by (_time:1m, user.name) count() n')}` },
    { name: 'search-chart-names', path: () => `/search?tenant=hospital&q=${encodeURIComponent('* | stats by (_time:1m) count() "<img src=x onerror=window.broken=9>"')}` },
    { name: 'search-broken', path: () => `/search?tenant=hospital&q=${encodeURIComponent('<img src=x onerror=window.broken=8> (')}` },
    { name: 'alerts-text', path: () => `/alerts?state=all&q=${encodeURIComponent('<img')}` },
    { name: 'alerts-of-host', path: () => `/alerts?state=all&entity=${encodeURIComponent(`host.name=${bombs[0]}`)}` },
  ];
  for (const screen of visits) {
    it(`stay text on ${screen.name}`, async () => {
      await page.goto(product.http + screen.path(seeded));
      await settled(page);
      await unfold(page);
      await expectText(page);
    });
  }

  it('stay text in every hostile alert', async () => {
    const found = await api(product, seeded.token, 'GET', '/api/v1/alerts?state=open&limit=100');
    const hostile = (found['items'] as { id: string; entities: { value: string }[] }[]).filter(({ entities }) => entities.some(({ value }) => value.includes('<')));
    expect(hostile.length).toBeGreaterThan(2);
    for (const { id } of hostile.slice(0, 8)) {
      await page.goto(`${product.http}/alerts/${id}`);
      await settled(page);
      await unfold(page);
      await expectText(page);
    }
  });

  it('ask nothing of any other host, and break no page', () => {
    expect(outside).toEqual([]);
    expect(errors).toEqual([]);
  });
});

async function waitForHostileAlerts(product: Product, token: string): Promise<void> {
  for (let i = 0; i < 120; i++) {
    const page = await api(product, token, 'GET', '/api/v1/alerts?limit=100&q=%3Cimg');
    if ((page['items'] as unknown[]).length > 0) return;
    await new Promise((next) => setTimeout(next, 500));
  }
  throw new Error('no alert about a hostile record');
}

/** Opens what a page folds away: details, rows, tabs. */
async function unfold(page: Page): Promise<void> {
  await page.evaluate(() => {
    document.querySelectorAll('details').forEach((each) => { each.open = true; });
  });
  for (const fold of await page.locator('main [aria-expanded="false"]:not([role=combobox]):not([aria-haspopup])').all()) {
    await fold.click({ timeout: 1_000 }).catch(() => undefined);
    if ((await page.locator('main [aria-expanded="true"]').count()) > 12) break;
  }
  for (const tab of await page.locator('main [role=tab]').all()) await tab.click({ timeout: 1_000 }).catch(() => undefined);
  await page.waitForTimeout(200);
}

async function expectText(page: Page): Promise<void> {
  const state = await page.evaluate(() => ({
    broken: (window as unknown as { broken?: number }).broken,
    elements: Array.from(document.querySelectorAll('x-hostile, img[src="x"], [onerror], [onload], [onclick]')).map((each) => each.outerHTML.slice(0, 200)),
    links: Array.from(document.querySelectorAll('a[href]')).map((each) => each.getAttribute('href') ?? '').filter((href) => /^\s*(javascript|data|vbscript):/i.test(href)),
    scripts: document.querySelectorAll('script:not([src])').length,
    hidden: getComputedStyle(document.body).display === 'none',
    controls: /[\u202e\u2066\u001b]/.test(document.body.innerText),
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  }));
  expect(state).toMatchObject({ broken: undefined, elements: [], links: [], hidden: false, controls: false });
  expect(state.wide, 'scrolls sideways').toBeLessThanOrEqual(0);
}
