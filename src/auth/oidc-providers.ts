import type { Configuration } from '../configuration';
import { createGateway, type Upstream } from '../outbound/gateway';
import { createOidcProvider, type OidcProvider } from './oidc-provider';

export const oidcProviderNames = ['google', 'oidc'] as const;
export type OidcProviderName = (typeof oidcProviderNames)[number];

export interface OidcProviders {
  /** Undefined where it is not configured. */
  of(name: OidcProviderName): OidcProvider | undefined;
  close(): Promise<void>;
}

const GOOGLE = 'https://accounts.google.com';
/** Where Google keeps its endpoints, keys and people. */
const GOOGLE_ORIGINS = [GOOGLE, 'https://oauth2.googleapis.com', 'https://www.googleapis.com', 'https://openidconnect.googleapis.com'];

/** The configured providers. Only their own origins are called; the origins of Google are public, the other is where the operator says. */
export function createOidcProviders({ google, oidc, publicUrl }: Pick<Configuration, 'google' | 'oidc' | 'publicUrl'>): OidcProviders {
  const redirectUri = (name: OidcProviderName): string => `${publicUrl}/auth/${name}/callback`;
  const upstreams: Upstream[] = [
    ...(google ? GOOGLE_ORIGINS.map((origin) => ({ name: origin, baseUrl: origin })) : []),
    ...(oidc ? [new URL(oidc.issuer).origin].map((origin) => ({ name: origin, baseUrl: origin, allowPrivate: true })) : []),
  ];
  const gateway = createGateway({ upstreams });
  const providers: Record<OidcProviderName, OidcProvider | undefined> = {
    google: google && createOidcProvider({ ...google, issuer: GOOGLE, redirectUri: redirectUri('google'), choosePrompt: 'select_account' }, gateway),
    oidc: oidc && createOidcProvider({ ...oidc, redirectUri: redirectUri('oidc'), choosePrompt: 'login' }, gateway),
  };
  return { of: (name) => providers[name], close: () => gateway.close() };
}
