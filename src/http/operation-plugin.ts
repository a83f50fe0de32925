import type { ApolloServerPlugin, GraphQLRequestContext, GraphQLRequestListener } from '@apollo/server';
import { GraphQLError, OperationTypeNode, type GraphQLFormattedError } from 'graphql';
import { catalogue, type ErrorCode } from '../../schema/errors/catalogue';
import type { Budget, Cost } from '../graphql/budget';
import type { Context } from '../graphql/context';
import { costOf } from '../graphql/cost';
import { publicError, refusedOperation, type ErrorScope } from '../graphql/errors';
import { limits } from '../graphql/limits';
import { unknownDocument, type TrustedDocuments } from '../graphql/trusted-documents';
import type { Deadline } from './deadline';
import type { HttpMetrics } from './metrics';
import { retryAfter } from './retry-after';

/** What the HTTP transport keeps about one request beside its context. */
export interface HttpOperation extends ErrorScope {
  deadline: Deadline;
  /** Whose budget pays. */
  payer: string;
}

export interface OperationPluginOptions {
  operationOf(context: Context): HttpOperation;
  budget: Budget;
  trusted: TrustedDocuments;
  trustedOnly: boolean;
  metrics: HttpMetrics;
}

/** Judges every operation before it runs and shapes every answer on its way out. */
export function operationPlugin(options: OperationPluginOptions): ApolloServerPlugin<Context> {
  return {
    async requestDidStart({ contextValue }) {
      return listenerFor(options.operationOf(contextValue), options);
    },
  };
}

function listenerFor(
  operation: HttpOperation, { budget, trusted, trustedOnly, metrics }: OperationPluginOptions,
): GraphQLRequestListener<Context> {
  let cost: Cost | undefined;
  return {
    async didResolveOperation({ queryHash, operation: definition, document, request, schema }) {
      if (trustedOnly && !trusted.has(queryHash)) throw refusedOperation(unknownDocument);
      if (!definition) return;
      if (definition.operation === OperationTypeNode.SUBSCRIPTION) {
        throw refusedOperation({
          code: 'E4001', rule: 'subscription_transport', message: 'Subscriptions are served on the WebSocket of this path.',
        });
      }
      if (definition.operation === OperationTypeNode.MUTATION) operation.deadline.restart(limits.mutationMs);
      cost = budget.spend(operation.payer, costOf(schema, { document, definition, variables: request.variables ?? {} }));
    },

    async willSendResponse(request) {
      const { body, http } = request.response;
      if (body.kind !== 'single') return;
      const { singleResult } = body;
      const errors = request.errors?.map((error) => publicError(error, operation));
      if (errors) singleResult.errors = errors;
      if (cost) singleResult.extensions = { ...singleResult.extensions, cost };
      const code = codeOf(errors?.[0]);
      if (code && singleResult.data === undefined) http.status = refusedStatus(http.status, code);
      for (const [name, value] of Object.entries(retryAfter(errors ?? []))) http.headers.set(name, value);
      metrics.operations.inc({ transport: 'http', kind: kindOf(request), code: code ?? 'ok' });
    },
  };
}

/** GraphQL over HTTP fixes some statuses (405 for a mutation by GET); the catalogue decides the others. */
function refusedStatus(status: number | undefined, code: ErrorCode): number {
  return status === 405 ? status : catalogue[code].httpStatus;
}

function codeOf(error: GraphQLFormattedError | undefined): ErrorCode | undefined {
  return error?.extensions?.['code'] as ErrorCode | undefined;
}

function kindOf({ operation }: GraphQLRequestContext<Context>): string {
  return operation?.operation ?? 'none';
}

/** The error of a request that never became an operation, for example a forbidden content type. */
export function requestError(error: unknown, scope: ErrorScope): GraphQLFormattedError {
  if (error instanceof GraphQLError) return publicError(error, scope);
  return publicError(new GraphQLError('', { originalError: error instanceof Error ? error : new Error(String(error)) }), scope);
}
