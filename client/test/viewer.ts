import type { Session, Viewer } from '../src/session';

/** Somebody who is signed in. */
export const someViewer = (change: Partial<Viewer> = {}): Viewer => ({
  __typename: 'Viewer',
  role: 'OWNER',
  scopes: ['account', 'users:read', 'users:write', 'clients:read', 'clients:write', 'tenant:write', 'operations:read'],
  features: ['CHAT', 'RUNS'],
  tenant: {
    __typename: 'Tenant', id: 'tenant-1', name: 'Acme', slug: 'acme',
    branding: { __typename: 'Branding', pageTitle: null, browserTitle: null, logoUrl: null },
  },
  user: { __typename: 'User', id: 'user-1', displayName: 'Ada', email: 'ada@example.test' },
  ...change,
});

/** What the session query answers. */
export const someSession = (
  viewer: Viewer | null, signIn: Partial<Session['setup']['signIn']> = {},
): { setupState: Session['setup']; viewer: Viewer | null } => ({
  setupState: {
    __typename: 'SetupState', needed: false, simulatedLiteLlm: true, simulatedLlm: true, version: '1.0.0',
    signIn: { __typename: 'SignInOptions', password: true, google: false, oidc: null, signUp: false, ...signIn },
  },
  viewer,
});
