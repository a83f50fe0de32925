import {
  CombinedError, createClient, fetchExchange, mapExchange, type AnyVariables, type Client, type OperationResult,
} from '@urql/core';
import { authExchange } from '@urql/exchange-auth';
import { cacheExchange } from '@urql/exchange-graphcache';
import { persistedExchange } from '@urql/exchange-persisted';
import { startedHere } from '../lib/session-runs';
import { hashOf, toNode, type Document } from './document';
import { possibleTypes } from './gql/possible-types';
import { positionHeader, sawPosition } from './position';

/** Types without an identity of their own live inside their parent. */
const embedded = [
  'Viewer', 'SetupState', 'SignInOptions', 'Overview', 'ProjectionStatus', 'PageInfo', 'AnswerBlock', 'Usage', 'Preferences', 'Branding',
  'Entitlements', 'EffectiveEntitlements', 'TenantEntitlements', 'TierEntitlements', 'ScopeInfo', 'UserResult', 'ImportedLine', 'UserExport',
  'RunUsage', 'RunStep', 'RunExchange', 'RunProgress', 'Diagnosis', 'Concurrency', 'BurstResult', 'KeyShare',
];

const withoutKey = Object.fromEntries(embedded.map((type) => [type, () => null]));

interface Payload {
  position?: string | null;
  /** The run that was started or changed, where the mutation is about one. */
  run?: { id?: string } | null;
  errors?: readonly { code?: string }[];
}

/** Mutations that start a run, by the names of their fields. */
const starting: readonly string[] = ['startRun', 'retryRun', 'postMessage'];

/** Remembers the runs that a result says were started. */
function noteRuns({ operation, data }: OperationResult<Record<string, Payload | null>, AnyVariables>): void {
  if (operation.kind === 'mutation' && data) {
    starting.map((field) => data[field]?.run?.id).forEach((id) => id && startedHere(id));
  }
}

/** What the mutations of a result answered. */
const payloadsOf = ({ operation, data }: OperationResult<unknown, AnyVariables>): readonly (Payload | null)[] =>
  (operation.kind === 'mutation' && data ? Object.values(data) : []);

const forbidden = 'E4031';
const notSignedIn = 'E4011';

const requestOptions = (atLeast?: string): RequestInit => ({
  credentials: 'same-origin',
  headers: { 'apollo-require-preflight': 'true', ...positionHeader(atLeast) },
});

export interface GraphqlClientOptions {
  /** False lets a document that the server does not know travel as text (development). */
  enforceHashes: boolean;
  /** Called when the server does not know the session any more; resolves once someone signed in again. */
  signInAgain(): Promise<void>;
  /** Called when the server refused what a screen offered: the caller's rights may have changed. */
  onForbidden(): void;
}

const hasCode = (error: CombinedError | undefined, code: string): boolean =>
  error?.graphQLErrors.some(({ extensions }) => extensions?.code === code) ?? false;

/**
 * Who is signed in may be asked by everybody, so a session that is over is no error there but null. The screens that ask
 * stand behind the sign-in: for them it is the same as a refusal.
 */
function refuseNobody(result: OperationResult): OperationResult | undefined {
  if (result.operation.kind !== 'query' || !result.data || result.data.viewer !== null) {
    return undefined;
  }
  const error = new CombinedError({ graphQLErrors: [{ message: 'Nobody is signed in', extensions: { code: notSignedIn } }] });
  return { ...result, data: undefined, error };
}

/**
 * The cache lane: normalised, hash-only requests, reads what it wrote, asks to sign in again when the session ended
 * and then repeats what had failed.
 */
export const createGraphqlClient = ({ enforceHashes, signInAgain, onForbidden }: GraphqlClientOptions): Client => createClient({
  url: '/graphql',
  preferGetMethod: false,
  fetchOptions: () => requestOptions(),
  exchanges: [
    cacheExchange({ keys: withoutKey, possibleTypes }),
    mapExchange({
      onResult(result) {
        const payloads = payloadsOf(result);
        payloads.forEach((payload) => sawPosition(payload?.position));
        noteRuns(result);
        if (hasCode(result.error, forbidden) || payloads.some((payload) => payload?.errors?.some(({ code }) => code === forbidden))) {
          onForbidden();
        }
      },
    }),
    authExchange(async () => ({
      addAuthToOperation: (operation) => operation,
      didAuthError: (error) => hasCode(error, notSignedIn),
      refreshAuth: signInAgain,
    })),
    mapExchange({ onResult: refuseNobody }),
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
