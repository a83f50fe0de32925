import {
  createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect,
} from '@tanstack/react-router';
import { parseSearch, stringifySearch } from '../lib/url-codec';
import { auditLogSpec } from '../audit-log';
// Its index would bring what others draw of runs into the shell.
import { runSpec } from '../run/spec';
import { serviceClientSpec } from '../service-client';
import { loadSession, safeReturn, SessionUnavailable } from '../session';
import { tenantSpec } from '../tenant';
import { userSpec } from '../user';
import { virtualKeySpec } from '../virtual-key';
import { listSearch } from './list-search';
import { asError, NotFound, NothingOpen, ScreenFailed, SessionFailed } from './error-pages';
import { landingOf } from './navigation';
import { Shell } from './shell';

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  validateSearch: (search: Record<string, unknown>) => ({ token: text(search.token) }),
  component: lazyRouteComponent(() => import('../session/setup-screen')),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { to?: string; problem?: string } => ({
    to: text(search.to), problem: text(search.problem),
  }),
  beforeLoad: async ({ search: { to, problem } }) => {
    const { viewer, setup: { needed } } = await loadSession();
    if (needed) {
      throw redirect({ to: '/setup', search: { token: undefined } });
    }
    if (viewer) {
      // A provider refused to be linked: that belongs to the account.
      throw problem ? redirect({ to: '/account', search: { tab: 'sign-in', problem } }) : redirect({ href: safeReturn(to) });
    }
  },
  component: lazyRouteComponent(() => import('../session/sign-in-screen')),
});

const signUp = createRoute({
  getParentRoute: () => root,
  path: '/sign-up',
  validateSearch: (search: Record<string, unknown>): { to?: string } => ({ to: text(search.to) }),
  beforeLoad: async ({ search: { to } }) => {
    const { viewer, setup: { signIn: { signUp: allowed } } } = await loadSession();
    if (viewer || !allowed) {
      throw redirect({ to: '/sign-in', search: { to } });
    }
  },
  component: lazyRouteComponent(() => import('../session/sign-up-screen')),
});

const resetPassword = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  validateSearch: (search: Record<string, unknown>): { token?: string } => ({ token: text(search.token) }),
  component: lazyRouteComponent(() => import('../session/reset-password-screen')),
});

/** Everything behind the sign-in. */
const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  beforeLoad: async ({ location }) => {
    const { viewer, setup: { needed } } = await loadSession();
    if (needed) {
      throw redirect({ to: '/setup', search: { token: undefined } });
    }
    if (!viewer) {
      throw redirect({ to: '/sign-in', search: { to: location.href } });
    }
    return { viewer };
  },
  component: Shell,
});

const home = createRoute({
  getParentRoute: () => app,
  path: '/',
  beforeLoad: ({ context }) => {
    const landing = landingOf(context.viewer);
    if (landing) {
      throw redirect({ to: landing.to });
    }
  },
  component: NothingOpen,
});

const account = createRoute({
  getParentRoute: () => app,
  path: '/account',
  validateSearch: (search: Record<string, unknown>): { tab?: string; problem?: string } => ({
    tab: text(search.tab), problem: text(search.problem),
  }),
  component: lazyRouteComponent(() => import('../account/account-screen')),
});

const overview = createRoute({
  getParentRoute: () => app,
  path: '/overview',
  component: lazyRouteComponent(() => import('../overview/overview-screen')),
});

const users = createRoute({
  getParentRoute: () => app,
  path: '/users',
  validateSearch: listSearch(userSpec),
  component: lazyRouteComponent(() => import('../user/users-screen')),
});

const virtualKeys = createRoute({
  getParentRoute: () => app,
  path: '/virtual-keys',
  validateSearch: listSearch(virtualKeySpec),
  component: lazyRouteComponent(() => import('../virtual-key/virtual-keys-screen')),
});

const serviceClients = createRoute({
  getParentRoute: () => app,
  path: '/service-clients',
  validateSearch: listSearch(serviceClientSpec),
  component: lazyRouteComponent(() => import('../service-client/service-clients-screen')),
});

const tenant = createRoute({
  getParentRoute: () => app,
  path: '/tenant',
  component: lazyRouteComponent(() => import('../tenant/tenant-screen')),
});

const tenants = createRoute({
  getParentRoute: () => app,
  path: '/tenants',
  validateSearch: listSearch(tenantSpec),
  component: lazyRouteComponent(() => import('../tenant/tenants-screen')),
});

const keyPools = createRoute({
  getParentRoute: () => app,
  path: '/key-pools',
  validateSearch: (search: Record<string, unknown>): { view?: string } => ({ view: text(search.view) }),
  component: lazyRouteComponent(() => import('../key-pool/key-pools-screen')),
});

const runs = createRoute({
  getParentRoute: () => app,
  path: '/runs',
  validateSearch: listSearch(runSpec),
  component: lazyRouteComponent(() => import('../run/runs-screen')),
});

const runDetail = createRoute({
  getParentRoute: () => app,
  path: '/runs/$runId',
  validateSearch: (search: Record<string, unknown>): { tab?: string } => ({ tab: text(search.tab) }),
  component: lazyRouteComponent(() => import('../run/run-screen')),
});

const monitoring = createRoute({
  getParentRoute: () => app,
  path: '/monitoring',
  component: lazyRouteComponent(() => import('../run/monitoring-screen')),
});

const loadTest = createRoute({
  getParentRoute: () => app,
  path: '/load-test',
  component: lazyRouteComponent(() => import('../load-test/load-test-screen')),
});

const chat = createRoute({
  getParentRoute: () => app,
  path: '/chat/{-$sessionId}',
  component: lazyRouteComponent(() => import('../chat-session/chat-screen')),
});

const portal = createRoute({
  getParentRoute: () => app,
  path: '/home',
  component: lazyRouteComponent(() => import('../portal/portal-screen')),
});

const legnext = createRoute({
  getParentRoute: () => app,
  path: '/create/legnext',
  component: lazyRouteComponent(() => import('../generation/legnext-screen')),
});

const kling = createRoute({
  getParentRoute: () => app,
  path: '/create/kling',
  validateSearch: (search: Record<string, unknown>): { mode?: string; image?: string } => ({ mode: text(search.mode), image: text(search.image) }),
  component: lazyRouteComponent(() => import('../generation/kling-screen')),
});

const gallery = createRoute({
  getParentRoute: () => app,
  path: '/gallery',
  validateSearch: (search: Record<string, unknown>): { q?: string; kind?: string; by?: string } => ({
    q: text(search.q), kind: text(search.kind), by: text(search.by),
  }),
  component: lazyRouteComponent(() => import('../gallery/gallery-screen')),
});

const auditLog = createRoute({
  getParentRoute: () => app,
  path: '/audit-log',
  validateSearch: listSearch(auditLogSpec),
  component: lazyRouteComponent(() => import('../audit-log/audit-log-screen')),
});

export const router = createRouter({
  routeTree: root.addChildren([
    setup, signIn, signUp, resetPassword,
    app.addChildren([
      home, account, overview, users, virtualKeys, serviceClients, tenant, tenants, keyPools, runs, runDetail, monitoring, loadTest, chat, portal, legnext, kling, gallery, auditLog,
    ]),
  ]),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultPendingMs: 200,
  defaultPendingMinMs: 300,
  defaultErrorComponent: ({ error, reset }) =>
    (error instanceof SessionUnavailable
      ? <SessionFailed problem={error.problem} />
      : <ScreenFailed error={asError(error)} onRetry={reset} />),
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
