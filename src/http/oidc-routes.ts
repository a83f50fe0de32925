import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RefusedError, type Refusal } from '../../schema/errors/catalogue';
import { oidcProviderNames, type OidcProviderName } from '../auth/oidc-providers';
import type { Auth } from '../auth/port';
import type { Budget } from '../graphql/budget';
import type { Context } from '../graphql/context';
import { refusalOf } from '../graphql/errors';
import { limits } from '../graphql/limits';
import type { MakeContext } from '../graphql/make-context';
import type { Log } from '../postgres/log';
import { factsOf, payerOf } from './caller';
import { oidcCookie } from './oidc-cookie';
import type { SessionCookie } from './session-cookie';

/** Signing in, or linking an account, at an OpenID Connect provider. */
export interface OidcSignIn {
  offers(provider: OidcProviderName): boolean;
  /**
   * @param to where the browser goes at the end, and whether the account is linked to the caller instead of signing in
   * @returns where to send the browser, and the token of the cookie that binds it
   * @throws RefusedError
   */
  begin(context: Context, provider: OidcProviderName, to: { returnTo: string; link: boolean }): Promise<{ location: string; browser: string }>;
  /**
   * @param came the query with which the browser came back, and its token
   * @returns where the browser goes. @throws RefusedError
   */
  finish(context: Context, provider: OidcProviderName, came: { answer: URLSearchParams; browser: string | undefined }): Promise<{ location: string }>;
}

export interface OidcRoutesOptions {
  signIn: OidcSignIn;
  makeContext: MakeContext;
  authenticate: Auth['authenticate'];
  cookie: SessionCookie;
  https: boolean;
  budget: Budget;
  log: Log;
}

const MAX_RETURN_LENGTH = 1_000;
/** Points of cost of one step: a write by somebody unknown. Few enough for a class of hundreds that signs in from one address. */
const STEP_COST = 50;
const foreignLink: Refusal = { code: 'E4031', rule: 'origin', message: 'Linking an account begins in the account page.' };

/**
 * `/auth/<provider>/start` and `/auth/<provider>/callback`. Both only ever redirect: to the provider, to a page of this
 * server, or to the sign-in page with the rule that refused.
 */
export function registerOidcRoutes(app: FastifyInstance, options: OidcRoutesOptions): void {
  const { signIn, makeContext, authenticate, cookie, https, budget, log } = options;
  const flow = oidcCookie(https);

  for (const provider of oidcProviderNames.filter((name) => signIn.offers(name))) {
    app.get(`/auth/${provider}/start`, { exposeHeadRoute: false }, (request, reply) => redirected(request, reply, async (context) => {
      const query = queryOf(request);
      const link = query.get('link') === '1';
      // From a page of somebody else it would link the account that they had prepared at the provider.
      if (link && request.headers['sec-fetch-site'] !== 'same-origin') {
        await context.refusals.record(context, { act: 'signInWithIdentity', refusal: foreignLink });
        throw new RefusedError(foreignLink);
      }
      const { location, browser } = await signIn.begin(context, provider, { returnTo: localPath(query.get('returnTo')), link });
      flow.write(reply, browser);
      return location;
    }));

    app.get(`/auth/${provider}/callback`, { exposeHeadRoute: false }, (request, reply) => redirected(request, reply, async (context) => {
      const browser = flow.read(request.headers.cookie);
      flow.write(reply, undefined);
      return (await signIn.finish(context, provider, { answer: queryOf(request), browser })).location;
    }));
  }

  async function redirected(request: FastifyRequest, reply: FastifyReply, act: (context: Context) => Promise<string>): Promise<FastifyReply> {
    try {
      return await reply.redirect(await act(await contextOf(request, reply)), 303);
    } catch (error) {
      const { rule } = refusalOf(error) ?? unforeseen(request, error);
      return reply.redirect(`/sign-in?problem=${encodeURIComponent(rule)}`, 303);
    }
  }

  async function contextOf(request: FastifyRequest, reply: FastifyReply): Promise<Context> {
    const token = cookie.read(request.headers.cookie);
    const principal = await authenticate(token === undefined ? { kind: 'none' } : { kind: 'cookie', token });
    budget.spend(payerOf(principal, request.ip), STEP_COST);
    return makeContext({
      ...factsOf(request, principal),
      signal: AbortSignal.timeout(limits.mutationMs),
      minPosition: undefined,
      setSessionCookie: (value) => cookie.write(reply, value),
    });
  }

  function unforeseen({ correlationId }: FastifyRequest, error: unknown): Pick<Refusal, 'rule'> {
    log.error({ correlationId, err: error }, 'A sign-in at a provider failed in a way nobody foresaw');
    return { rule: 'internal' };
  }
}

function queryOf({ url }: FastifyRequest): URLSearchParams {
  return new URL(url, 'http://local.invalid').searchParams;
}

/**
 * A path of this server, `/` for anything else. Only visible ASCII and no backslash: what a browser strips or turns
 * round could make a host of it.
 */
export function localPath(wanted: string | null): string {
  if (wanted === null || wanted.length > MAX_RETURN_LENGTH || !/^\/(?!\/)[\x21-\x5b\x5d-\x7e]*$/.test(wanted)) return '/';
  const base = 'http://local.invalid';
  if (!URL.canParse(wanted, base)) return '/';
  const { origin, pathname, search, hash } = new URL(wanted, base);
  return origin === base && !pathname.startsWith('//') && !pathname.startsWith('/auth/') ? `${pathname}${search}${hash}` : '/';
}
