import { randomUUID } from 'node:crypto';
import fastify, { LogController, type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { catalogue, RefusedError, type ErrorCode } from '../../schema/errors/catalogue';
import type { Auth } from '../auth/port';
import { createBudget } from '../graphql/budget';
import { refusedOperation } from '../graphql/errors';
import { limits } from '../graphql/limits';
import type { MakeContext } from '../graphql/make-context';
import type { RefusalRecorder } from '../graphql/refusals';
import type { TrustedDocuments } from '../graphql/trusted-documents';
import { apiHeaders } from './api-headers';
import { registerCallbackRoute, type VendorCallbacks } from './callback-route';
import { registerClientFiles } from './client-files';
import { allowOrigins } from './cors';
import { registerGraphqlRoute } from './graphql-route';
import { registerHealth, type ReadinessCheck } from './health';
import { registerLogoRoutes, type LogoActs } from './logo-route';
import { registerOutputRoutes, type OutputRouteOptions } from './output-route';
import { httpMetrics } from './metrics';
import { registerOidcRoutes, type OidcSignIn } from './oidc-routes';
import { requestError } from './operation-plugin';
import { retryAfter } from './retry-after';
import { originsOf } from './origins';
import { trustedProxies } from './proxies';
import { sessionCookie } from './session-cookie';
import { attachWebSockets } from './websocket';

declare module 'fastify' {
  interface FastifyRequest {
    /** Names everything that happens because of this request: in logs, events and answers. */
    correlationId: string;
  }
}

export interface HttpConfig {
  /** Address people open; decides cookies, HSTS and the first allowed origin. */
  publicUrl: string;
  /** Further origins whose pages may call, for example a development server. */
  allowedOrigins: readonly string[];
  introspection: boolean;
  trustedDocuments: TrustedDocuments;
  /** Refuse every document that is not trusted. */
  trustedDocumentsOnly: boolean;
  /** Folder of the built client. */
  clientDirectory: string;
  /** Addresses and networks of proxies whose `X-Forwarded-*` headers are believed; undefined means none. */
  trustProxy?: readonly string[];
  /** Cost points per caller; default `limits.costBurst` and `limits.costPerSecond`. */
  costBudget?: { burst: number; perSecond: number };
}

export interface HttpServerOptions {
  schema: GraphQLSchema;
  makeContext: MakeContext;
  auth: Pick<Auth, 'authenticate'>;
  refusals: RefusalRecorder;
  /** Signing in at other providers; undefined where there is none. */
  oidcSignIn?: OidcSignIn;
  /** Logos of tenants; undefined where there are none. */
  logos?: LogoActs;
  /** Files of runs, and where they lie; undefined where there are none. */
  runOutputs?: Pick<OutputRouteOptions, 'files' | 'blobs'>;
  /** Takes what vendors say of their work; undefined where none is asked to. */
  callbacks?: VendorCallbacks;
  config: HttpConfig;
  log: Logger;
  metrics: Registry;
  readiness: readonly ReadinessCheck[];
}

export interface HttpServer {
  /** For `inject` in tests and for further routes; register them before `listen`. */
  readonly app: FastifyInstance;
  /** @returns the address it listens on, for example `http://127.0.0.1:4000` */
  listen(place: { host: string; port: number }): Promise<string>;
  /** Somebody may have lost a right: judges whoever has a socket open, now and not at the next look. */
  judgeSessions(): void;
  /** Drains: not ready any more, sockets closed with 1001, requests under way finished (10 s at most), then stopped. */
  close(): Promise<void>;
}

const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
const KEEP_ALIVE_MS = 65_000;
const DRAIN_MS = 10_000;
const CORRELATION_ID = /^[\w-]{8,64}$/;

/** The one HTTP server: GraphQL on both transports, health, metrics and the client's files. */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { schema, makeContext, auth, refusals, config, log, metrics: registry, readiness } = options;
  const https = new URL(config.publicUrl).protocol === 'https:';
  const trusts = trustedProxies(config.trustProxy ?? []);
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: limits.bodyBytes,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    trustProxy: trusts,
    forceCloseConnections: 'idle',
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    routerOptions: { maxParamLength: 500 },
  }) as unknown as FastifyInstance;
  app.server.headersTimeout = HEADERS_MS;
  // Pages of other sites can send text/plain without asking first; JSON they cannot.
  app.removeContentTypeParser('text/plain');

  const metrics = httpMetrics(registry);
  const cookie = sessionCookie(https);
  const origins = originsOf([config.publicUrl, ...config.allowedOrigins]);
  const budget = createBudget(config.costBudget ?? { burst: limits.costBurst, perSecond: limits.costPerSecond });
  let draining = false;

  const headers = apiHeaders(https);
  app.decorateRequest('correlationId', '');
  app.addHook('onRequest', async (request, reply) => {
    const given = request.headers['x-correlation-id'];
    request.correlationId = typeof given === 'string' && CORRELATION_ID.test(given) ? given : request.id;
    reply.header('x-request-id', request.id).header('x-correlation-id', request.correlationId);
    if (!('helmet' in request.routeOptions.config)) reply.headers(headers);
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.requests.observe({ route, method: request.method, status: String(reply.statusCode) }, reply.elapsedTime / 1_000);
    const { id: requestId, correlationId, method } = request;
    log.debug({ requestId, correlationId, method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'Answered');
  });
  answerErrorsAsGraphql(app, log);
  await allowOrigins(app, config.allowedOrigins);

  registerHealth(app, { checks: readiness, registry, draining: () => draining });
  if (options.oidcSignIn) {
    registerOidcRoutes(app, { signIn: options.oidcSignIn, makeContext, authenticate: auth.authenticate, cookie, https, budget, log });
  }
  await registerClientFiles(app, { directory: config.clientDirectory, https });
  const { trustedDocuments: trusted, trustedDocumentsOnly: trustedOnly } = config;
  const shared = { schema, makeContext, authenticate: auth.authenticate, refusals, cookie, origins, budget, trusted, trustedOnly, metrics, log };
  if (options.callbacks) await registerCallbackRoute(app, { callbacks: options.callbacks, budget });
  if (options.logos) await registerLogoRoutes(app, { ...shared, acts: options.logos });
  if (options.runOutputs) await registerOutputRoutes(app, { ...shared, ...options.runOutputs });
  const stopGraphql = await registerGraphqlRoute(app, { ...shared, introspection: config.introspection });
  const sockets = attachWebSockets(app.server, { ...shared, trusts });

  return {
    app,
    listen: (place) => app.listen(place),
    judgeSessions: sockets.judgeSessions,
    async close() {
      draining = true;
      await sockets.close();
      const cut = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS);
      await app.close();
      clearTimeout(cut);
      await stopGraphql();
    },
  };
}

/** Whatever fails outside of an operation is answered in GraphQL's form too: a client needs one way to read errors. */
function answerErrorsAsGraphql(app: FastifyInstance, log: Logger): void {
  const answer = (request: FastifyRequest, reply: FastifyReply, status: number, error: unknown) => {
    const shown = requestError(error, { correlationId: request.correlationId, log });
    return reply.code(status).headers(retryAfter([shown])).send({ errors: [shown] });
  };

  const nothingHere = refusedOperation({ code: 'E4041', rule: 'route', message: 'There is nothing at this path.' });
  app.setNotFoundHandler((request, reply) => answer(request, reply, 404, nothingHere));
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (error instanceof RefusedError) return answer(request, reply, catalogue[error.refusal.code].httpStatus, error);
    const { statusCode = 500 } = error;
    if (statusCode >= 500) return answer(request, reply, 500, error);
    return answer(request, reply, statusCode, refusedOperation({ code: codeFor(statusCode), ...describeBodyError(error) }));
  });
}

function codeFor(status: number): ErrorCode {
  return status === 404 ? 'E4041' : 'E4001';
}

function describeBodyError({ code, statusCode }: FastifyError): { rule: string; message: string } {
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE': return { rule: 'body_size', message: `A request may have at most ${limits.bodyBytes} bytes.` };
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE': return { rule: 'content_type', message: 'Send application/json.' };
    default: return { rule: 'body', message: statusCode === 400 ? 'The request body is not valid JSON.' : 'The request cannot be read.' };
  }
}
