import * as openid from 'openid-client';
import { OutboundError } from '../outbound/outbound-error';
import type { Gateway } from '../outbound/gateway';
import { oidcFetch } from './oidc-fetch';

export interface OidcProviderOptions {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Where the provider sends people back to. */
  redirectUri: string;
  /** People must belong to this Google Workspace domain. */
  hostedDomain?: string;
  /** How the provider is asked to let people choose anew which account it is. */
  choosePrompt: 'login' | 'select_account';
}

/** What is to be remembered until the browser comes back. */
export interface FlowSecrets {
  state: string;
  nonce: string;
  codeVerifier: string;
}

/** Who somebody is at their provider, as far as it vouches for it. */
export interface OidcPerson {
  issuer: string;
  subject: string;
  /** Only when the provider says that it is verified. */
  email: string | undefined;
  name: string | undefined;
}

/**
 * - `identity_denied`: the person or the provider said no
 * - `identity_away`: the provider cannot be reached
 * - `identity_domain`: an account of another domain
 * - `identity_refused`: the answer is not one we believe
 */
export type OidcFailure = 'identity_denied' | 'identity_away' | 'identity_domain' | 'identity_refused';

/** A sign-in that failed at the provider or on the way back. The cause is for the log only. */
export class OidcError extends Error {
  constructor(readonly failure: OidcFailure, options?: ErrorOptions) {
    super(`OpenID Connect: ${failure}`, options);
    this.name = 'OidcError';
  }
}

export interface OidcProvider {
  /** @returns where to send the browser. @throws OidcError */
  begin(secrets: FlowSecrets, how: { choose: boolean }): Promise<URL>;
  /** @param answer the query with which the browser came back. @throws OidcError */
  finish(secrets: FlowSecrets, answer: URLSearchParams): Promise<OidcPerson>;
}

export function newFlowSecrets(): FlowSecrets {
  return { state: openid.randomState(), nonce: openid.randomNonce(), codeVerifier: openid.randomPKCECodeVerifier() };
}

/**
 * One OpenID Connect provider: authorization code with PKCE, state and nonce; the signature, issuer, audience and times
 * of its ID token are checked. It is asked about itself when it is first needed, so one that is down hurts only whoever
 * wants it, and is asked again next time.
 */
export function createOidcProvider(options: OidcProviderOptions, gateway: Gateway): OidcProvider {
  const { issuer, clientId, clientSecret, redirectUri, hostedDomain, choosePrompt } = options;
  let discovered: Promise<openid.Configuration> | undefined;

  function configuration(): Promise<openid.Configuration> {
    const asked = discovered ?? openid.discovery(new URL(issuer), clientId, {}, openid.ClientSecretPost(clientSecret), {
      [openid.customFetch]: oidcFetch(gateway, clientSecret),
      // The signature counts, not only the connection it came by.
      execute: [openid.enableNonRepudiationChecks, ...(issuer.startsWith('http:') ? [openid.allowInsecureRequests] : [])],
    });
    discovered = asked;
    asked.catch(() => {
      if (discovered === asked) discovered = undefined;
    });
    return asked;
  }

  async function personOf(config: openid.Configuration, { state, nonce, codeVerifier }: FlowSecrets, answer: URLSearchParams): Promise<OidcPerson> {
    const back = new URL(redirectUri);
    back.search = answer.toString();
    const tokens = await openid.authorizationCodeGrant(config, back, {
      expectedState: state, expectedNonce: nonce, pkceCodeVerifier: codeVerifier, idTokenExpected: true,
    });
    const claims = tokens.claims()!;
    if (hostedDomain !== undefined && claims.hd !== hostedDomain) throw new OidcError('identity_domain');
    const more = claims.email === undefined && config.serverMetadata().userinfo_endpoint !== undefined
      ? await openid.fetchUserInfo(config, tokens.access_token, claims.sub) : claims;
    return {
      issuer: claims.iss, subject: claims.sub,
      email: more.email_verified === true ? textOf(more.email) : undefined,
      name: textOf(more.name),
    };
  }

  return {
    async begin({ state, nonce, codeVerifier }, { choose }) {
      try {
        const config = await configuration();
        return openid.buildAuthorizationUrl(config, {
          redirect_uri: redirectUri, scope: 'openid email profile', response_type: 'code', state, nonce,
          code_challenge: await openid.calculatePKCECodeChallenge(codeVerifier), code_challenge_method: 'S256',
          ...(hostedDomain !== undefined && { hd: hostedDomain }),
          ...(choose && { prompt: choosePrompt }),
        });
      } catch (error) {
        throw asOidcError(error);
      }
    },

    async finish(secrets, answer) {
      try {
        return await personOf(await configuration(), secrets, answer);
      } catch (error) {
        throw asOidcError(error);
      }
    },
  };
}

function textOf(claim: unknown): string | undefined {
  return typeof claim === 'string' && claim.trim() !== '' ? claim.trim() : undefined;
}

function asOidcError(error: unknown): OidcError {
  if (error instanceof OidcError) return error;
  if (error instanceof openid.AuthorizationResponseError) return new OidcError('identity_denied', { cause: error });
  return new OidcError(isAway(error) ? 'identity_away' : 'identity_refused', { cause: error });
}

function isAway(error: unknown): boolean {
  if (error instanceof OutboundError) return ['unreachable', 'timeout', 'dropped', 'aborted'].includes(error.failure);
  return error instanceof Error && isAway(error.cause);
}
