import type DataLoader from 'dataloader';
import type { CommandRuntime } from '../command-runtime/port';
import type { Actor } from '../event-store/port';
import type { LiveFeeds, OutputStreams } from '../live/port';
import type { Auth } from '../auth/port';
import type { Principal } from '../auth/principal';
import type { SignInThrottle } from '../auth/throttle';
import type { IdempotencyStore } from '../idempotency/store';
import type { ProjectionStatus } from '../projection-runtime/status';
import type { Vault } from '../vault/port';
import type { RefusalRecorder } from './refusals';

export type { Principal, ServicePrincipal, UserPrincipal } from '../auth/principal';
export type { Role } from '../../schema/access/roles';

/** Read access to the views; every statement runs under the statement timeout. */
export interface Db {
  query<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

/** A batch loader of one read-model key, declared once in `queries/<capability>/loaders.ts`. */
export interface LoaderDefinition<Key, Value> {
  name: string;
  /** Answers one value (or undefined) per key, in the order of the keys. */
  load(context: Context, keys: readonly Key[]): Promise<(Value | undefined)[]>;
}

/** Of AI work that goes on at once. */
export interface ConcurrencyLimits {
  /** Most of one user. */
  user: number;
  /** Most of everybody. */
  global: number;
  /** Milliseconds for which a piece of work counts when nothing is heard of it. */
  ttlMs: number;
}

/** Of requests for a lease that wait in one key pool. */
export interface WaitLimits {
  /** Most of one caller. */
  caller: number;
  /** Most of one tenant. */
  tenant: number;
}

/** What the API may say about how this server is set up. */
export interface Setting {
  version: string;
  /** Whether the built-in stand-in plays the vendor because none is configured. */
  simulatedLiteLlm: boolean;
  simulatedLlm: boolean;
  /** Model that answers when a chat names none. */
  llmModel: string;
  /** Where people open this server: links begin with it. */
  publicUrl: string;
  /** Ways in beside the password. */
  signIn: { google: boolean; oidc: string | undefined; signUp: boolean };
  /** Requests a day of people for whom nothing else is set. */
  dailyRequests: number;
  /** How much AI work may go on at once. */
  concurrency: ConcurrencyLimits;
  /** How many requests may wait in one key pool. */
  waiting: WaitLimits;
}

/** One per HTTP request, and one per event of a subscription. */
export interface Context {
  requestId: string;
  correlationId: string;
  principal: Principal;
  /** Aborts when the client goes away or the operation's deadline passes. */
  signal: AbortSignal;
  /** Newest position the client has seen; queries wait for it through `waitForViews`. */
  minPosition: bigint | undefined;
  commands: CommandRuntime;
  /** Sees the rows of the caller's tenant and no others, whatever the statement says. */
  db: Db;
  /** Sees the rows of all tenants: for the operator's list of tenants, and for nothing that is in them. */
  dbOfServer: Db;
  live: LiveFeeds;
  outputs: OutputStreams;
  auth: Auth;
  signIn: SignInThrottle;
  vault: Vault;
  idempotency: IdempotencyStore;
  /** Puts refused acts into the audit log. */
  refusals: RefusalRecorder;
  setting: Setting;
  /** How far the views and reactors of all nodes have come. */
  projectionStatus(): Promise<ProjectionStatus[]>;
  /** Network address of the caller: for throttles, and sealed for the audit log. */
  address: string;
  /** What the caller says to be: the `User-Agent`, at most 300 characters. */
  device: string;
  now(): Date;
  newId(): string;
  /** The request's loader of a definition, made on first use. */
  loader<Key, Value>(definition: LoaderDefinition<Key, Value>): DataLoader<Key, Value | undefined>;
  /** Waits (bounded) until the views have passed `minPosition`. @throws RefusedError E5041 rule `view_behind` */
  waitForViews(...views: string[]): Promise<void>;
  /** Sets or clears the session cookie of the answer; only on HTTP. */
  setSessionCookie(token: string | undefined): void;
}

/** The caller as the log names them. */
export function actorOf(principal: Principal): Actor {
  switch (principal.kind) {
    case 'user': return { kind: 'user', id: principal.userId };
    case 'service': return { kind: 'service', id: principal.clientId };
    case 'anonymous': return { kind: 'anonymous', id: 'anonymous' };
  }
}
