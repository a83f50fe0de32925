import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { catalogue, RefusedError, type Refusal } from '../../schema/errors/catalogue';
import type { UserError } from '../../schema/errors/types';
import type { Context } from '../graphql/context';
import type { Budget } from '../graphql/budget';
import { limits } from '../graphql/limits';
import type { MakeContext } from '../graphql/make-context';
import { judge } from '../graphql/policy';
import { tenantOf } from '../graphql/tenant';
import type { Logo } from '../images/logos';
import { logoSize, MAX_LOGO_BYTES } from '../images/read-logo';
import { authenticateRequest, type RequestAuthentication } from './authenticate-request';
import { factsOf, payerOf } from './caller';
import { requireAllowedOrigin, type Origins } from './origins';
import { retryAfter } from './retry-after';

/** How a tenant looks, as the API says it. */
export interface LogoBranding {
  pageTitle: string | null;
  browserTitle: string | null;
  logoUrl: string | null;
}

/** The logos of tenants. */
export interface LogoActs {
  /** Gives the caller's tenant a logo. `position` is the consistency token, as mutations answer it. */
  change(
    context: Context, sent: Pick<Logo, 'contentType' | 'bytes'>,
  ): Promise<{ branding: LogoBranding; position: string } | { errors: readonly UserError[] }>;
  /** The logo with this digest, while the tenant has it. */
  read(tenantId: string, digest: string): Promise<Logo | undefined>;
}

export interface LogoRouteOptions extends RequestAuthentication {
  acts: LogoActs;
  makeContext: MakeContext;
  origins: Origins;
  budget: Budget;
}

const TYPES: readonly Logo['contentType'][] = ['image/png', 'image/svg+xml'];
/** Points of cost: looking through a drawing is work. */
const CHANGE_COST = 200;
const READ_COST = 1;
const contentTypeRefusal: Refusal = { code: 'V1001', rule: 'content_type', message: `Send ${TYPES.join(' or ')}.` };
const DIGEST = /^[0-9a-f]{64}$/;

/** A picture by itself can do nothing: it loads nothing, runs nothing, and is nothing but a picture. */
const PICTURE_HEADERS = {
  'cache-control': 'private, max-age=3600',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  'x-content-type-options': 'nosniff',
};

/** Serves `PUT /logo` and `GET /logo/<digest>`: pictures do not fit into GraphQL, everything else about them is as there. */
export async function registerLogoRoutes(app: FastifyInstance, options: LogoRouteOptions): Promise<void> {
  const { acts, budget } = options;
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // Neither type can be sent by a form or without asking first, so no foreign page sends one with somebody's cookie.
    scope.addContentTypeParser([...TYPES], { parseAs: 'buffer', bodyLimit: MAX_LOGO_BYTES }, (_request, body, done) => done(null, body));
    scope.addHook('onRequest', async (request) => requireAllowedOrigin(options.origins, request));
    scope.setErrorHandler(async (error: Error & { code?: string }, request) => {
      const refusal = bodyRefusal(error.code);
      if (refusal) return refuseBody(request, refusal);
      throw error;
    });

    scope.put('/logo', { bodyLimit: MAX_LOGO_BYTES, onRequest: authorised('tenant:write', CHANGE_COST) }, async (request, reply) => {
      const contentType = TYPES.find((type) => request.headers['content-type']?.toLowerCase().startsWith(type));
      if (!contentType || !Buffer.isBuffer(request.body)) return refuseBody(request, contentTypeRefusal);
      const changed = await acts.change(contexts.get(request)!, { contentType, bytes: request.body });
      if ('errors' in changed) return refused(reply, changed.errors);
      return { tenant: { branding: changed.branding }, position: changed.position };
    });

    scope.get<{ Params: { digest: string } }>('/logo/:digest', { onRequest: authorised('tenant:read', READ_COST) }, async (request, reply) => {
      const { digest } = request.params;
      const logo = DIGEST.test(digest) ? await acts.read(tenantOf(contexts.get(request)!), digest) : undefined;
      if (!logo) throw new RefusedError({ code: 'E4041', rule: 'logo', message: 'There is no such logo.' });
      return reply.headers(PICTURE_HEADERS).type(logo.contentType).send(logo.bytes);
    });
  });

  const contexts = new WeakMap<FastifyRequest, Context>();

  /** Judges the caller before a byte of the body is read. */
  function authorised(scope: 'tenant:read' | 'tenant:write', cost: number) {
    return async (request: FastifyRequest): Promise<void> => {
      const principal = await authenticateRequest(options, request);
      const context = options.makeContext({
        ...factsOf(request, principal), signal: AbortSignal.timeout(limits.mutationMs), minPosition: undefined, setSessionCookie: () => {},
      });
      contexts.set(request, context);
      budget.spend(payerOf(principal, request.ip), cost);
      try {
        judge(context, scope);
      } catch (error) {
        if (scope === 'tenant:write' && error instanceof RefusedError) await recordRefusal(context, error.refusal);
        throw error;
      }
    };
  }

  async function refuseBody(request: FastifyRequest, refusal: Refusal): Promise<never> {
    await recordRefusal(contexts.get(request)!, refusal);
    throw new RefusedError(refusal);
  }

  function recordRefusal(context: Context, refusal: Refusal): Promise<void> {
    return options.refusals.record(context, { act: 'changeLogo', refusal });
  }
}

/** What is wrong with a body that was not even read, which happens after its sender was judged; undefined for any other error. */
function bodyRefusal(code: string | undefined): Refusal | undefined {
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return logoSize;
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return contentTypeRefusal;
    default:
      return undefined;
  }
}

function refused(reply: FastifyReply, errors: readonly UserError[]): FastifyReply {
  const shown = errors.map(({ message, ...extensions }) => ({ message, extensions }));
  return reply.code(catalogue[errors[0]!.code].httpStatus).headers(retryAfter(shown)).send({ errors: shown });
}
