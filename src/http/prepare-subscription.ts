import { getOperationAST, GraphQLError, OperationTypeNode, type DocumentNode, type GraphQLSchema } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { RefusedError, type Refusal } from '../../schema/errors/catalogue';
import type { Budget } from '../graphql/budget';
import { costOf } from '../graphql/cost';
import { refusedOperation } from '../graphql/errors';
import { readDocument } from '../graphql/parse';
import { documentHash, unknownDocument, type TrustedDocuments } from '../graphql/trusted-documents';

const notASubscription: Refusal = {
  code: 'E4001', rule: 'subscription_transport',
  message: 'Only one subscription can be asked for here; send queries and mutations by HTTP.',
};

export interface PreparedSubscription {
  document: DocumentNode;
  operationName: string | undefined;
  variableValues: Record<string, unknown>;
}

export interface SubscriptionGate {
  schema: GraphQLSchema;
  budget: Budget;
  trusted: TrustedDocuments;
  trustedOnly: boolean;
}

/**
 * Puts a subscription through everything that an operation over HTTP goes through: trusted documents, tokens, rules,
 * cost. @returns what to run, or why not
 */
export function prepareSubscription(
  payload: SubscribePayload, payer: string, gate: SubscriptionGate,
): PreparedSubscription | { errors: readonly GraphQLError[] } {
  const source = sourceOf(payload, gate.trusted);
  const isKnown = source !== undefined && (!gate.trustedOnly || gate.trusted.has(documentHash(source)));
  if (!isKnown) return { errors: [refusedOperation(unknownDocument)] };
  const read = readDocument(gate.schema, source);
  if ('errors' in read) return read;
  const { document } = read;
  const operationName = payload.operationName ?? undefined;
  const definition = getOperationAST(document, operationName);
  if (definition?.operation !== OperationTypeNode.SUBSCRIPTION) {
    return { errors: [refusedOperation(notASubscription)] };
  }
  const variableValues = { ...payload.variables };
  try {
    gate.budget.spend(payer, costOf(gate.schema, { document, definition, variables: variableValues }));
  } catch (error) {
    if (error instanceof RefusedError) return { errors: [refusedOperation(error.refusal)] };
    if (error instanceof GraphQLError) return { errors: [error] };
    throw error;
  }
  return { document, operationName, variableValues };
}

/** The text itself, or the trusted text of a hash that comes with an empty one. */
function sourceOf({ query, extensions }: SubscribePayload, trusted: TrustedDocuments): string | undefined {
  if (query !== '') return query;
  const persisted = extensions?.['persistedQuery'] as { sha256Hash?: unknown } | undefined;
  return typeof persisted?.sha256Hash === 'string' ? trusted.get(persisted.sha256Hash) : undefined;
}
