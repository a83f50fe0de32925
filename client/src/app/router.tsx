import {
  createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect,
} from '@tanstack/react-router';
import { parseSearch, stringifySearch } from '../lib/url-codec';
import { may } from '../lib/permissions';
import { auditLogSpec } from '../audit-log';
import { runSpec } from '../run';
import { loadSession, SessionUnavailable } from '../setup';
import { userSpec } from '../user';
import { virtualKeySpec } from '../virtual-key';
import { listSearch } from './list-search';
import { asError, NotFound, ScreenFailed, SessionFailed } from './error-pages';
import { Shell } from './shell';

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  validateSearch: (search: Record<string, unknown>) => ({ token: text(search.token) }),
  component: lazyRouteComponent(() => import('../setup/setup-screen')),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>) => ({ to: text(search.to) }),
  beforeLoad: async () => {
    const { setup: { needed } } = await loadSession();
    if (needed) {
      throw redirect({ to: '/setup', search: { token: undefined } });
    }
  },
  component: lazyRouteComponent(() => import('../setup/sign-in-screen')),
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
    return { role: viewer.role };
  },
  component: Shell,
});

const home = createRoute({
  getParentRoute: () => app,
  path: '/',
  beforeLoad: ({ context }) => {
    throw may(context.role, 'readOperation') ? redirect({ to: '/overview' }) : redirect({ to: '/chat/{-$sessionId}' });
  },
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

const keyPools = createRoute({
  getParentRoute: () => app,
  path: '/key-pools',
  component: lazyRouteComponent(() => import('../key-pool/key-pools-screen')),
});

const runs = createRoute({
  getParentRoute: () => app,
  path: '/runs',
  validateSearch: listSearch(runSpec),
  component: lazyRouteComponent(() => import('../run/runs-screen')),
});

const chat = createRoute({
  getParentRoute: () => app,
  path: '/chat/{-$sessionId}',
  component: lazyRouteComponent(() => import('../chat-session/chat-screen')),
});

const auditLog = createRoute({
  getParentRoute: () => app,
  path: '/audit-log',
  validateSearch: listSearch(auditLogSpec),
  component: lazyRouteComponent(() => import('../audit-log/audit-log-screen')),
});

export const router = createRouter({
  routeTree: root.addChildren([setup, signIn, app.addChildren([home, overview, users, virtualKeys, keyPools, runs, chat, auditLog])]),
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
