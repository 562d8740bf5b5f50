import type { Page } from 'playwright-core';
import type { Seeded } from './seed';

/** A screen of the product: where it is and what says that it is there. */
export interface Screen {
  name: string;
  path: (s: Seeded) => string;
  /** Something that stands on the screen once its data has come. */
  ready?: string;
}

export const screens: Screen[] = [
  { name: 'overview', path: () => '/' },
  { name: 'overview-tenant', path: () => '/?tenant=hospital' },
  { name: 'alerts', path: () => '/alerts' },
  { name: 'alerts-tenant', path: () => '/alerts?tenant=hospital' },
  { name: 'alert', path: (s) => `/alerts/${s.alert}` },
  { name: 'alert-correlated', path: (s) => `/alerts/${s.correlated}` },
  { name: 'search', path: () => '/search?tenant=hospital' },
  { name: 'search-patterns', path: () => '/search?tenant=hospital&show=patterns' },
  { name: 'search-chart', path: () => `/search?tenant=hospital&q=${encodeURIComponent('* | stats by (_time:5m, host.name) count() n')}` },
  { name: 'sources', path: () => '/sources?tenant=hospital' },
  { name: 'source', path: (s) => `/sources/${s.sources['hospital']!.id}?tenant=hospital` },
  { name: 'source-new', path: () => '/sources/new?tenant=hospital' },
  { name: 'parsers', path: () => '/parsers?tenant=hospital' },
  { name: 'parsers-own', path: () => '/parsers?show=own' },
  { name: 'parser', path: () => '/parsers/openssh?tenant=hospital' },
  { name: 'parser-samples', path: () => '/parsers/huawei-usg?tab=samples' },
  { name: 'parser-text', path: () => '/parsers/huawei-usg?tab=text' },
  { name: 'proposals', path: () => '/parsers/proposals' },
  { name: 'proposal', path: (s) => `/parsers/proposals/${s.learned?.fresh.proposal ?? ''}?tenant=hospital&field=verdict` },
  { name: 'proposal-edit', path: (s) => `/parsers/proposals/${s.learned?.fresh.proposal ?? ''}?tenant=hospital&field=verdict&edit=true` },
  { name: 'proposal-drift', path: (s) => `/parsers/proposals/${s.learned?.drifted.proposal ?? ''}?tenant=factory&text=true` },
  { name: 'source-own', path: (s) => `/sources/${s.learned?.drifted.source ?? ''}?tenant=factory` },
  { name: 'bench', path: () => '/sources/parser?pack=huawei-usg' },
  { name: 'unparsed', path: () => '/parsers/unparsed?tenant=hospital' },
  { name: 'inbox', path: () => '/inbox' },
  { name: 'rules', path: () => '/rules' },
  { name: 'rules-pane', path: (s) => `/rules?at=${s.rule}` },
  { name: 'rule', path: (s) => `/rules/${s.rule}` },
  { name: 'rule-new', path: () => '/rules/new' },
  { name: 'rule-edit', path: (s) => `/rules/${s.rule}/edit?tenant=hospital` },
  { name: 'rule-feeds', path: (s) => `/rules/${s.rule}/edit?tenant=hospital&tab=feeds` },
  { name: 'attack', path: () => '/attack?tenant=hospital' },
  { name: 'exceptions', path: () => '/exceptions' },
  { name: 'exception-new', path: () => '/exceptions?tenant=hospital&new=1' },
  { name: 'packs', path: () => '/packs' },
  { name: 'pack', path: (s) => `/packs/${s.pack ?? ''}` },
  { name: 'tenants', path: () => '/tenants' },
  { name: 'tenant', path: () => '/tenants?at=hospital' },
  { name: 'users', path: () => '/users' },
  { name: 'user', path: () => '/users?at=admin' },
  { name: 'audit', path: () => '/audit?tenant=hospital' },
  { name: 'health', path: () => '/health' },
  { name: 'account', path: () => '/account' },
  { name: 'setup', path: () => '/setup' },
];

/** Waits until nothing on the page is loading and nothing moves any more. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main h1').first().waitFor();
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"], .ant-skeleton, .ant-spin-spinning') === null, undefined, { timeout: 15_000 }).catch(() => undefined);
  await page.waitForLoadState('networkidle', { timeout: 3_000 }).catch(() => undefined); // a live stream never rests
  await page.waitForTimeout(150);
}
