import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { catalogue, RefusedError, type Refusal } from '../../schema/errors/catalogue';
import type { Log } from '../postgres/log';
import { isTransient } from '../postgres/transient';
import { coercionMessage } from './coercion-message';

/** What a failing request is known by. */
export interface ErrorScope {
  correlationId: string;
  log: Log;
}

/** Extension codes that Apollo Server gives, and that `parse.ts` and `cost.ts` give in its stead on WebSockets, as our own. */
const REQUEST_ERRORS: ReadonlyMap<unknown, Pick<Refusal, 'code' | 'rule'>> = new Map([
  ['GRAPHQL_PARSE_FAILED', { code: 'E4001', rule: 'syntax' }],
  ['GRAPHQL_VALIDATION_FAILED', { code: 'E4001', rule: 'validation' }],
  ['BAD_USER_INPUT', { code: 'E4002', rule: 'variables' }],
  ['OPERATION_RESOLUTION_FAILURE', { code: 'E4001', rule: 'operation' }],
  ['PERSISTED_QUERY_NOT_FOUND', { code: 'E4001', rule: 'unknown_document' }],
  ['PERSISTED_QUERY_NOT_SUPPORTED', { code: 'E4001', rule: 'unknown_document' }],
]);
const ANY_REQUEST_ERROR: Pick<Refusal, 'code' | 'rule'> = { code: 'E4001', rule: 'request' };
const DOCUMENT_TOKENS: Pick<Refusal, 'code' | 'rule'> = { code: 'E4001', rule: 'document_tokens' };
/** How graphql-js words its `maxTokens`; it gives that error no code. */
const TOO_MANY_TOKENS = /contains more tha[nt] \d+ tokens/;
const databaseAway: Refusal = {
  code: 'E5031', rule: 'database_away', message: 'The database cannot be reached right now.', retryAfterMs: 1_000,
};
const QUERY_CANCELED = '57014';

/** The refusal a thrown value stands for: its own, or that of an outage; undefined for what nobody foresaw. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof RefusedError) return error.refusal;
  if (error instanceof GraphQLError) return refusalOf(error.originalError);
  if (isTransient(error)) return databaseAway;
  if (error instanceof Error && (error as { code?: unknown }).code === QUERY_CANCELED) {
    return { code: 'E5041', rule: 'statement_timeout', message: 'Reading took too long.' };
  }
  return undefined;
}

/** A refusal as the error of a whole operation, for where GraphQL wants one of its own. */
export function refusedOperation(refusal: Refusal): GraphQLError {
  return new GraphQLError(refusal.message, { originalError: new RefusedError(refusal) });
}

/**
 * The only way an error of an operation goes out: with its place in the catalogue, without anything it should not tell.
 * What nobody foresaw is logged in full and answered as E5001.
 */
export function publicError(error: GraphQLError, scope: ErrorScope): GraphQLFormattedError {
  const refusal = refusalOf(error) ?? requestRefusal(error) ?? unforeseen(error, scope);
  const { category, severity, recovery } = catalogue[refusal.code];
  return {
    message: refusal.message,
    ...(error.locations && { locations: error.locations }),
    ...(error.path && { path: error.path }),
    extensions: {
      code: refusal.code, rule: refusal.rule, category, severity, recovery, correlationId: scope.correlationId,
      ...(refusal.path && { path: refusal.path }),
      ...(refusal.details && { details: refusal.details }),
      ...(refusal.retryAfterMs !== undefined && { retryAfterMs: refusal.retryAfterMs }),
    },
  };
}

/** Errors that GraphQL itself finds before anything runs have no path and no foreign cause. */
function requestRefusal(error: GraphQLError): Refusal | undefined {
  if (error.path || foreignCause(error)) return undefined;
  const code = error.extensions['code'];
  if (code === 'INTERNAL_SERVER_ERROR') return undefined;
  const known = TOO_MANY_TOKENS.test(error.message) ? DOCUMENT_TOKENS : REQUEST_ERRORS.get(code) ?? ANY_REQUEST_ERROR;
  if (known.rule === 'variables') return { ...known, message: coercionMessage(error.message) };
  // "Did you mean" would spell out a schema that introspection may not show.
  return { ...known, message: error.message.replace(/ ?Did you mean .+\?$/, '').trim() };
}

function foreignCause(error: GraphQLError): unknown {
  const cause = error.originalError;
  return cause instanceof GraphQLError ? foreignCause(cause) : cause;
}

function unforeseen(error: GraphQLError, { correlationId, log }: ErrorScope): Refusal {
  const err = foreignCause(error) ?? error;
  log.error({ correlationId, path: error.path?.join('.'), err }, 'An operation failed in a way nobody foresaw');
  return { code: 'E5001', rule: 'internal', message: 'Something failed on our side. Quote the correlation id when you ask about it.' };
}
