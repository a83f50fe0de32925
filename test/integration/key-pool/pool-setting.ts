import { randomBytes, randomUUID } from 'node:crypto';
import { graphql, subscribe, parse, type GraphQLSchema } from 'graphql';
import { startKeyPoolKeeper, type KeyPoolKeeper } from '../../../commands/key-pool/keeper';
import { KeyPoolAdministration } from '../../../commands/key-pool/manage-mutations';
import * as leaseRequests from '../../../commands/key-pool/lease-request';
import { KeyPoolMutations } from '../../../commands/key-pool/mutations';
import { keyPoolsProjector } from '../../../projections/key-pool/projector';
import { LeaseRequestFields } from '../../../queries/key-pool/lease-request';
import * as keyPoolQueries from '../../../queries/key-pool/queries';
import { KeyPoolSubscriptions } from '../../../queries/key-pool/subscriptions';
import type { CommandRuntime } from '../../../src/command-runtime/port';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import type { EventStore } from '../../../src/event-store/port';
import type { Context, Db, Role } from '../../../src/graphql/context';
import { contextMaker, type Services } from '../../../src/graphql/make-context';
import { NodeResolver } from '../../../src/graphql/node';
import type { RefusedAct } from '../../../src/graphql/refusals';
import { buildApiSchema } from '../../../src/graphql/schema';
import { createIdempotencyStore } from '../../../src/idempotency/store';
import { createLiveFeeds } from '../../../src/live/feeds';
import { silentLog } from '../../../src/postgres/log';
import type { Notifications } from '../../../src/postgres/notifications';
import { createTenantReads } from '../../../src/postgres/tenant-reads';
import { createVault, type ErasingVault } from '../../../src/vault/vault';
import { person } from '../../support/principals';
import { plainSetting, refusalsInMemory } from '../../support/services';
import { createSetting } from '../projection-runtime/setting';

/** Short, so that tests need not wait. */
const SWEEP_MS = 50;

export interface PoolSetting {
  schema: GraphQLSchema;
  store: EventStore;
  commands: CommandRuntime;
  db: Db;
  vault: ErasingVault;
  notifications: Notifications;
  /** Refusals that were recorded. */
  refused: readonly RefusedAct[];
  /** Sets the clock of all callers forward, not that of the database. */
  advance(ms: number): void;
  context(userId: string, role?: Role, tenantId?: string): Context;
  /** Runs a document; a top-level error is a failed test. */
  ask(document: string, variables?: Record<string, unknown>, userId?: string, role?: Role): Promise<Record<string, any>>;
  /** What a subscription document yields. */
  follow(document: string, userId?: string): Promise<AsyncIterableIterator<{ data?: Record<string, any> | null }>>;
  /** Tenants that keepers find suspended. */
  suspended: string[];
  startKeeper(): KeyPoolKeeper;
  close(): Promise<void>;
}

/** The key pool from API to tables, over a log in memory and a database of its own. */
export async function createPoolSetting(): Promise<PoolSetting> {
  const setting = await createSetting();
  const { pool, store, notifications } = setting;
  const projections = await setting.runtime({ projectors: [keyPoolsProjector] });
  const live = createLiveFeeds({ pool, reads: setting.reads, notifications, projectors: [keyPoolsProjector], advances: projections });
  const commands = createCommandRuntime({ store });
  const db: Db = {
    query: async <Row extends object>(sql: string, values: readonly unknown[] = []) => (await pool.query<Row>(sql, [...values])).rows,
  };
  const reads = createTenantReads(setting.url, { max: 4, applicationName: 'reads of the test' });
  const vault = await createVault({ pool, masterKey: randomBytes(32) });
  const schema = buildApiSchema([NodeResolver, KeyPoolMutations, KeyPoolAdministration, ...Object.values(leaseRequests), LeaseRequestFields, ...Object.values(keyPoolQueries), KeyPoolSubscriptions]);
  const refusals = refusalsInMemory();
  let aheadMs = 0;
  const parts: Partial<Services> = {
    setting: plainSetting, commands, db: (principal) => reads.of(principal.kind === 'anonymous' ? undefined : principal.tenantId), dbOfServer: db, refusals, live, vault, idempotency: createIdempotencyStore(db), now: () => new Date(Date.now() + aheadMs), newId: randomUUID,
  };
  const makeContext = contextMaker(parts as Services);
  const keepers: KeyPoolKeeper[] = [];
  const suspended: string[] = [];

  const context: PoolSetting['context'] = (userId, role = 'owner', tenantId = 'a') => {
    const id = randomUUID();
    const { signal } = new AbortController();
    const minPosition = undefined;
    return makeContext({ requestId: id, correlationId: id, principal: person(userId, role, tenantId, { operator: role === 'owner' }), address: '', device: '', signal, minPosition, setSessionCookie: () => {} });
  };

  return {
    schema, store, commands, db, vault, notifications, refused: refusals.recorded, context, suspended,
    advance(ms) {
      aheadMs += ms;
    },
    async ask(document, variables, userId = 'anna', role) {
      const { data, errors } = await graphql({ schema, source: document, variableValues: variables, contextValue: context(userId, role) });
      if (errors || !data) throw new Error(JSON.stringify(errors));
      return JSON.parse(JSON.stringify(data)) as Record<string, any>;
    },
    async follow(document, userId = 'anna') {
      const followed = await subscribe({ schema, document: parse(document), contextValue: context(userId) });
      if (!('next' in followed)) throw new Error(JSON.stringify(followed));
      return followed as AsyncIterableIterator<{ data?: Record<string, any> | null }>;
    },
    startKeeper() {
      const keeper = startKeyPoolKeeper({ commands, db, suspended: async () => suspended, log: silentLog, sweepMs: SWEEP_MS });
      keepers.push(keeper);
      return keeper;
    },
    async close() {
      await Promise.all(keepers.map((keeper) => keeper.stop()));
      await live.close();
      await commands.close();
      await reads.close();
      await setting.close();
    },
  };
}
