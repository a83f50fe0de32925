import { createClient, fetchExchange, mapExchange, type AnyVariables, type Client, type OperationResult } from '@urql/core';
import { authExchange } from '@urql/exchange-auth';
import { cacheExchange } from '@urql/exchange-graphcache';
import { persistedExchange } from '@urql/exchange-persisted';
import { hashOf, toNode, type Document } from './document';
import { possibleTypes } from './gql/possible-types';
import { positionHeader, sawPosition } from './position';
import { signInAgain } from './session-expiry';

/** Types without an identity of their own live inside their parent. */
const embedded = ['Viewer', 'SetupState', 'Overview', 'ProjectionStatus', 'PageInfo', 'AnswerBlock'];

const withoutKey = Object.fromEntries(embedded.map((type) => [type, () => null]));

function rememberPositions(result: OperationResult<unknown, AnyVariables>): void {
  if (result.operation.kind !== 'mutation' || !result.data || typeof result.data !== 'object') {
    return;
  }
  for (const payload of Object.values(result.data)) {
    if (payload && typeof payload === 'object' && 'position' in payload && typeof payload.position === 'string') {
      sawPosition(payload.position);
    }
  }
}

const requestOptions = (atLeast?: string): RequestInit => ({
  credentials: 'same-origin',
  headers: { 'apollo-require-preflight': 'true', ...positionHeader(atLeast) },
});

/**
 * The cache lane: normalised, hash-only requests, reads what it wrote, asks to sign in again when the session ended
 * and then repeats what had failed.
 * @param enforceHashes false lets a document that the server does not know travel as text (development)
 */
export const createGraphqlClient = (enforceHashes: boolean): Client => createClient({
  url: '/graphql',
  preferGetMethod: false,
  fetchOptions: () => requestOptions(),
  exchanges: [
    cacheExchange({ keys: withoutKey, possibleTypes }),
    mapExchange({ onResult: rememberPositions }),
    authExchange(async () => ({
      addAuthToOperation: (operation) => operation,
      didAuthError: (error) => error.graphQLErrors.some(({ extensions }) => extensions?.code === 'E4011'),
      refreshAuth: signInAgain,
    })),
    persistedExchange({
      enforcePersistedQueries: enforceHashes,
      enableForMutation: true,
      preferGetForPersistedQueries: false,
      generateHash: async (_text, node) => hashOf(node),
    }),
    fetchExchange,
  ],
});

/** Asks past the cache, at least as new as `atLeast`; for pages that go to an entity store. */
export const ask = <Data, Variables extends AnyVariables>(
  client: Client, document: Document<Data, Variables>, variables: Variables, atLeast?: string): Promise<OperationResult<Data, Variables>> =>
  client.query(toNode(document), variables, { requestPolicy: 'network-only', fetchOptions: () => requestOptions(atLeast) }).toPromise();
