import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import { catalogue, RefusedError } from '../../schema/errors/catalogue';
import type { Context } from '../graphql/context';
import type { Budget } from '../graphql/budget';
import { refusedOperation, type ErrorScope } from '../graphql/errors';
import { limits } from '../graphql/limits';
import type { MakeContext } from '../graphql/make-context';
import { parseOptions, validationOptions } from '../graphql/parse';
import { limitRules } from '../graphql/rules';
import type { TrustedDocuments } from '../graphql/trusted-documents';
import { silentLog, type Log } from '../postgres/log';
import { startDeadline } from './deadline';
import type { HttpMetrics } from './metrics';
import { operationPlugin, requestError, type HttpOperation } from './operation-plugin';
import { requireAllowedOrigin, type Origins } from './origins';
import { authenticateRequest, type RequestAuthentication } from './authenticate-request';
import { factsOf, payerOf } from './caller';

export interface GraphqlRouteOptions extends RequestAuthentication {
  schema: GraphQLSchema;
  makeContext: MakeContext;
  origins: Origins;
  budget: Budget;
  trusted: TrustedDocuments;
  trustedOnly: boolean;
  introspection: boolean;
  metrics: HttpMetrics;
  log: Log;
}

/** Serves `/graphql` over HTTP. @returns how to stop the GraphQL server, once no request is under way */
export async function registerGraphqlRoute(app: FastifyInstance, options: GraphqlRouteOptions): Promise<() => Promise<void>> {
  // By request, and by the signal of its context: Apollo Server copies the context itself.
  const operations = new WeakMap<FastifyRequest | AbortSignal, HttpOperation>();
  const apollo = apolloServer(options, operations);
  await apollo.start();
  const handle = fastifyApolloHandler(apollo, { context: (request, reply) => contextOf(request, reply) });

  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    onRequest: async (request) => {
      requireAllowedOrigin(options.origins, request);
    },
    async handler(request, reply) {
      const operation: HttpOperation = { ...scopeOf(request), deadline: startDeadline(limits.queryMs), payer: '' };
      operations.set(request, operation);
      operations.set(operation.deadline.signal, operation);
      reply.raw.once('close', () => {
        if (!reply.raw.writableFinished) operation.deadline.abandon();
      });
      const answer = Promise.resolve(handle.call(app, request, reply));
      const first = await Promise.race([answer, operation.deadline.passed]);
      operation.deadline.end();
      if (first !== 'passed') return withCorrelation(first, reply, operation);
      answer.catch((error: unknown) => {
        options.log.warn({ correlationId: operation.correlationId, err: error }, 'An operation failed after its deadline');
      });
      const late = refusedOperation({ code: 'E5041', rule: 'deadline', message: 'The operation took too long and was given up.' });
      return reply.code(504).type('application/json; charset=utf-8').send({ errors: [requestError(late, operation)] });
    },
  });
  return () => apollo.stop();

  function scopeOf(request: FastifyRequest): ErrorScope {
    return { correlationId: request.correlationId, log: options.log };
  }

  async function contextOf(request: FastifyRequest, reply: FastifyReply): Promise<Context> {
    const operation = operations.get(request);
    if (!operation) throw new Error('A request came past its handler');
    try {
      const principal = await authenticateRequest(options, request);
      operation.payer = payerOf(principal, request.ip);
      return options.makeContext({
        ...factsOf(request, principal),
        signal: operation.deadline.signal,
        minPosition: minPositionOf(request.headers['x-min-position']),
        setSessionCookie: (token) => options.cookie.write(reply, token),
      });
    } catch (error) {
      const { message, extensions } = requestError(error, operation);
      throw new GraphQLError(message, { extensions: { ...extensions, http: { status: error instanceof RefusedError ? catalogue[error.refusal.code].httpStatus : 503 } } });
    }
  }
}

function apolloServer(
  options: GraphqlRouteOptions, operations: WeakMap<FastifyRequest | AbortSignal, HttpOperation>,
): ApolloServer<Context> {
  const { schema, budget, trusted, trustedOnly, metrics, introspection } = options;
  return new ApolloServer<Context>({
    schema,
    introspection,
    includeStacktraceInErrorResponses: false,
    parseOptions,
    validationRules: limitRules,
    validationOptions,
    maxRecursiveSelections: limits.recursiveSelections,
    executionOptions: { maxCoercionErrors: limits.coercionErrors },
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    stopOnTerminationSignals: false,
    persistedQueries: { cache: readOnly(trusted) },
    logger: apolloLogger(options.log),
    // Shapes what fails before there is an operation; `withCorrelation` adds the id that is not known here. Errors of
    // operations come by here too, before `operationPlugin` shapes and logs them: logging is not for this place.
    formatError: (formatted, error) => (
      formatted.extensions?.['rule'] ? formatted : requestError(error, { correlationId: '', log: silentLog })
    ),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      operationPlugin({
        budget, trusted, trustedOnly, metrics,
        operationOf(context) {
          const operation = operations.get(context.signal);
          if (!operation) throw new Error('An operation came past its handler');
          return operation;
        },
      }),
    ],
  });
}

/** Apollo's store for documents asked for by hash: ours is fixed, so nothing is ever registered. */
function readOnly(trusted: TrustedDocuments) {
  return {
    get: async (key: string) => trusted.get(key.slice(key.lastIndexOf(':') + 1)),
    set: async () => undefined,
    delete: async () => false,
  };
}

function apolloLogger(log: Log) {
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (message: unknown) => log.warn({ detail: String(message) }, 'The GraphQL server warns'),
    error: (message: unknown) => log.error({ detail: String(message) }, 'The GraphQL server complains'),
  };
}

function withCorrelation(body: unknown, reply: FastifyReply, { correlationId }: ErrorScope): unknown {
  if (reply.statusCode < 400 || typeof body !== 'string') return body;
  const answer = JSON.parse(body) as { errors?: { extensions?: Record<string, unknown> }[] };
  answer.errors?.forEach((error) => {
    error.extensions = { ...error.extensions, correlationId };
  });
  return JSON.stringify(answer);
}

function minPositionOf(header: string | string[] | undefined): bigint | undefined {
  if (header === undefined || header === '') return undefined;
  if (typeof header === 'string' && /^\d{1,20}$/.test(header)) return BigInt(header);
  throw new RefusedError({ code: 'E4004', rule: 'min_position', message: 'x-min-position is not a position that this API answered.' });
}
