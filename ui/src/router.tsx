import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect, retainSearchParams,
} from '@tanstack/react-router';
import { alertPageParams } from './alert/detail/params';
import { alertParams } from './alert/params';
import { attackParams } from './attack/params';
import { auditParams } from './audit/params';
import { Problem } from './client';
import { diffParams } from './content/params';
import { meQuery, wasInside } from './identity/session';
import { exceptionsParams } from './except/params';
import { usersParams } from './identity/users-params';
import { text } from './kit/params';
import { overviewParams } from './overview/params';
import { proposalParams, proposalsParams } from './learn/params';
import { benchParams, parserParams, parsersParams, unparsedParams } from './parser/params';
import { editorParams } from './rule/editor/params';
import { rulePageParams, ruleParams } from './rule/params';
import { searchParams } from './search/params';
import { setupParams } from './setup/params';
import { setupQuery } from './setup/queries';
import { Boot, NotFound, RouteFailure } from './shell/fallback';
import { freshParams, sourceParams, sourcesParams } from './source/params';
import { tenantsParams } from './tenancy/params';

interface Context {
  queries: QueryClient;
}

const root = createRootRouteWithContext<Context>()({ component: Outlet });

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search: Record<string, unknown>): { next?: string } => ({ next: text(search.next, 2000) }),
  component: lazyRouteComponent(() => import('./identity/login'), 'LoginPage'),
});

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  // view: which saved view the page shows, or "-" for none.
  validateSearch: (search: Record<string, unknown>): { tenant?: string; view?: string } => ({ tenant: text(search.tenant, 64), view: text(search.view, 64) }),
  search: { middlewares: [retainSearchParams(['tenant'])] },
  beforeLoad: async ({ context, location }) => {
    if (wasInside()) void import('./shell/shell'); // beside the question who is there, not after it
    try {
      const me = await context.queries.ensureQueryData(meQuery);
      // The made-up first password opens one page only: the one that replaces it.
      if (location.pathname !== '/setup' && me.permissions.includes('tenant.manage') && (await context.queries.ensureQueryData(setupQuery)).first_password) {
        throw redirect({ to: '/setup' });
      }
    } catch (error) {
      if (error instanceof Problem && error.status === 401) {
        throw redirect({ to: '/login', search: location.pathname === '/' ? {} : { next: location.href } });
      }
      throw error;
    }
  },
  pendingComponent: Boot,
  pendingMs: 0,
  component: lazyRouteComponent(() => import('./shell/shell'), 'Shell'),
});

const page = () => shell;

const home = createRoute({
  getParentRoute: page,
  path: '/',
  validateSearch: overviewParams,
  beforeLoad: async ({ context }) => {
    const me = context.queries.getQueryData(meQuery.queryKey);
    if (me?.permissions.includes('tenant.manage') && !(await context.queries.ensureQueryData(setupQuery)).done) {
      throw redirect({ to: '/setup' });
    }
  },
  component: lazyRouteComponent(() => import('./overview/page'), 'OverviewPage'),
});

const setup = createRoute({
  getParentRoute: page,
  path: '/setup',
  validateSearch: setupParams,
  component: lazyRouteComponent(() => import('./setup/page'), 'SetupPage'),
});

const alerts = createRoute({
  getParentRoute: page,
  path: '/alerts',
  validateSearch: alertParams,
  component: lazyRouteComponent(() => import('./alert/list'), 'AlertList'),
});
const alert = createRoute({
  getParentRoute: page,
  path: '/alerts/$id',
  validateSearch: alertPageParams,
  component: lazyRouteComponent(() => import('./alert/detail/page'), 'AlertPage'),
});
const search = createRoute({
  getParentRoute: page,
  path: '/search',
  validateSearch: searchParams,
  component: lazyRouteComponent(() => import('./search/page'), 'SearchPage'),
});
const sources = createRoute({
  getParentRoute: page,
  path: '/sources',
  validateSearch: sourcesParams,
  component: lazyRouteComponent(() => import('./source/list'), 'SourceList'),
});
const newSource = createRoute({
  getParentRoute: page,
  path: '/sources/new',
  validateSearch: freshParams,
  component: lazyRouteComponent(() => import('./source/new'), 'NewSource'),
});
const tryParser = createRoute({
  getParentRoute: page,
  path: '/sources/parser',
  validateSearch: benchParams,
  component: lazyRouteComponent(() => import('./source/tryout'), 'TryParser'),
});
const source = createRoute({
  getParentRoute: page,
  path: '/sources/$id',
  validateSearch: sourceParams,
  component: lazyRouteComponent(() => import('./source/detail'), 'SourcePage'),
});
const parsers = createRoute({
  getParentRoute: page,
  path: '/parsers',
  validateSearch: parsersParams,
  component: lazyRouteComponent(() => import('./parser/list'), 'ParserList'),
});
const proposals = createRoute({
  getParentRoute: page,
  path: '/parsers/proposals',
  validateSearch: proposalsParams,
  component: lazyRouteComponent(() => import('./learn/list'), 'ProposalList'),
});
const proposal = createRoute({
  getParentRoute: page,
  path: '/parsers/proposals/$id',
  validateSearch: proposalParams,
  component: lazyRouteComponent(() => import('./learn/page'), 'ProposalPage'),
});
const unparsed = createRoute({
  getParentRoute: page,
  path: '/parsers/unparsed',
  validateSearch: unparsedParams,
  component: lazyRouteComponent(() => import('./parser/unparsed'), 'Unparsed'),
});
const parser = createRoute({
  getParentRoute: page,
  path: '/parsers/$id',
  validateSearch: parserParams,
  component: lazyRouteComponent(() => import('./parser/detail'), 'ParserPage'),
});
const inbox = createRoute({
  getParentRoute: page,
  path: '/inbox',
  component: lazyRouteComponent(() => import('./inbox/page'), 'InboxPage'),
});
const rules = createRoute({
  getParentRoute: page,
  path: '/rules',
  validateSearch: ruleParams,
  component: lazyRouteComponent(() => import('./rule/list'), 'RuleList'),
});
const rule = createRoute({
  getParentRoute: page,
  path: '/rules/$id',
  validateSearch: rulePageParams,
  component: lazyRouteComponent(() => import('./rule/detail'), 'RulePage'),
});
const attack = createRoute({
  getParentRoute: page,
  path: '/attack',
  validateSearch: attackParams,
  component: lazyRouteComponent(() => import('./attack/page'), 'AttackPage'),
});
const newRule = createRoute({
  getParentRoute: page,
  path: '/rules/new',
  validateSearch: editorParams,
  component: lazyRouteComponent(() => import('./rule/editor/page'), 'NewRule'),
});
const editRule = createRoute({
  getParentRoute: page,
  path: '/rules/$id/edit',
  validateSearch: editorParams,
  component: lazyRouteComponent(() => import('./rule/editor/page'), 'EditRule'),
});
const exceptions = createRoute({
  getParentRoute: page,
  path: '/exceptions',
  validateSearch: exceptionsParams,
  component: lazyRouteComponent(() => import('./except/list'), 'ExceptionList'),
});
const packs = createRoute({
  getParentRoute: page,
  path: '/packs',
  component: lazyRouteComponent(() => import('./content/list'), 'PackList'),
});
const pack = createRoute({
  getParentRoute: page,
  path: '/packs/$id',
  validateSearch: diffParams,
  component: lazyRouteComponent(() => import('./content/diff'), 'PackPage'),
});
const tenants = createRoute({
  getParentRoute: page,
  path: '/tenants',
  validateSearch: tenantsParams,
  component: lazyRouteComponent(() => import('./tenancy/list'), 'TenantList'),
});
const users = createRoute({
  getParentRoute: page,
  path: '/users',
  validateSearch: usersParams,
  component: lazyRouteComponent(() => import('./identity/users'), 'UserList'),
});
const audit = createRoute({
  getParentRoute: page,
  path: '/audit',
  validateSearch: auditParams,
  component: lazyRouteComponent(() => import('./audit/page'), 'AuditPage'),
});
const health = createRoute({
  getParentRoute: page,
  path: '/health',
  component: lazyRouteComponent(() => import('./health/page'), 'HealthPage'),
});
const nowhere = createRoute({ getParentRoute: page, path: '$', component: NotFound });
const account = createRoute({
  getParentRoute: page,
  path: '/account',
  component: lazyRouteComponent(() => import('./identity/account'), 'AccountPage'),
});

const tree = root.addChildren([
  login,
  shell.addChildren([
    home, setup, alerts, alert, search, sources, newSource, tryParser, source, parsers, proposals, proposal, unparsed, parser, inbox, rules, newRule, editRule, rule, attack, exceptions, packs, pack, tenants, users, audit, health, account, nowhere,
  ]),
]);

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    defaultPreload: 'intent',
    defaultErrorComponent: RouteFailure,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
