import { randomUUID } from 'node:crypto';
import { clientKey } from '../../../commands/client-key/decider';
import { clientKeyReactor, keysOfDeletedOwnersReactor, revokeKeysOfOwnerTask, settleClientKeyTask } from '../../../commands/client-key/reactor';
import { serviceClient } from '../../../commands/service-client/decider';
import { serviceClientReactor, settleServiceClientTask } from '../../../commands/service-client/reactor';
import type { Auth } from '../../../src/auth/port';
import type { CommandContext, CommandRuntime } from '../../../src/command-runtime/port';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import type { EventStore, RecordedEvent } from '../../../src/event-store/port';
import type { AnyReactor } from '../../../src/projection-runtime/projector';
import { authOn } from '../../support/auth';
import { migratedDatabase } from '../vault/migrated-database';

const TENANT = 't1';
const reactors: readonly AnyReactor[] = [serviceClientReactor, clientKeyReactor, keysOfDeletedOwnersReactor];

let database: Awaited<ReturnType<typeof migratedDatabase>>;
let store: EventStore;
let commands: CommandRuntime;
let auth: Auth;
/** Events whose jobs have run. */
let seen = 0;

beforeAll(async () => {
  database = await migratedDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.pool.query('truncate auth_client_keys, auth_service_clients');
  seen = 0;
  store = createInMemoryEventStore();
  commands = createCommandRuntime({ store });
  auth = authOn(database.pool);
});
afterEach(async () => {
  await auth.close();
  await commands.close();
  await store.close();
});

const command = (): CommandContext => {
  const id = randomUUID();
  return { commandId: id, correlationId: id, causationId: id, actor: { kind: 'user', id: 'admin' }, tenant: TENANT };
};

/** What a server did that died right after each append: events, and nothing in the tables. */
async function made(): Promise<{ clientId: string; keyId: string; key: string }> {
  const [clientId, keyId, key] = [randomUUID(), randomUUID(), auth.clientKeys.generate()];
  await commands.execute(serviceClient, clientId, {
    type: 'CreateServiceClient', clientId, tenantId: TENANT, name: 'robot', scopes: ['users:read', 'audit:read'], grantor: ['users:read', 'audit:read'],
  }, command());
  await commands.execute(clientKey, keyId, {
    type: 'IssueClientKey', owner: { kind: 'service', id: clientId, scopes: ['users:read', 'audit:read'] }, scopes: undefined, grantor: ['users:read', 'audit:read'],
    key: {
      keyId, tenantId: TENANT, name: 'nightly', lastFour: key.slice(-4), fingerprint: auth.clientKeys.fingerprint(key),
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
    },
  }, command());
  return { clientId, keyId, key };
}

/** Runs the jobs that the events since the last time ask for, until they ask for no more. @returns the names of the tasks that ran */
async function settle(): Promise<string[]> {
  const tasks = {
    'settle-service-client': settleServiceClientTask({ commands, auth }),
    'settle-client-key': settleClientKeyTask({ commands, auth }),
    'revoke-keys-of-owner': revokeKeysOfOwnerTask({ commands, auth }),
  } as const;
  const ran: string[] = [];
  for (let events = await log(); events.length > seen; events = await log()) {
    const fresh = events.slice(seen).map((recorded) => ({ type: recorded.type, data: recorded.data, at: recorded }));
    seen = events.length;
    for (const reactor of reactors) {
      for (const job of reactor.react(fresh.filter(({ type }) => Object.hasOwn(reactor.events, type)) as never)) {
        await tasks[job.task as keyof typeof tasks](job.payload, { jobId: '1', attempt: 1, maxAttempts: 5, signal: new AbortController().signal });
        ran.push(job.task);
      }
    }
  }
  return ran;
}

async function log(): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of store.readAll()) events.push(event);
  return events;
}

const judged = async (key: string): Promise<unknown> => auth.authenticate({ kind: 'client_key', key }).catch((error: { refusal: { code: string } }) => error.refusal.code);

it('a server that died right after the append: the key works all the same', async () => {
  const { clientId, keyId, key } = await made();
  expect(await judged(key)).toBe('E4011');
  expect(await settle()).toEqual(['settle-service-client', 'settle-client-key']);
  expect(await judged(key)).toMatchObject({ kind: 'service', clientId, keyId, scopes: ['users:read', 'audit:read'] });
});

it('narrowing and revoking reach the tables though nobody brought them there', async () => {
  const { clientId, keyId, key } = await made();
  await settle();
  await commands.execute(serviceClient, clientId, { type: 'UpdateServiceClient', scopes: ['audit:read'], grantor: [] }, command());
  await settle();
  expect(await judged(key)).toMatchObject({ scopes: ['audit:read'] });
  await commands.execute(clientKey, keyId, { type: 'RevokeClientKey' }, command());
  await settle();
  expect(await judged(key)).toBe('E4011');
});

it('a deleted client ends its keys, and the log says so of each, once', async () => {
  const { clientId, keyId, key } = await made();
  await settle();
  await commands.execute(serviceClient, clientId, { type: 'DeleteServiceClient', confirmation: 'robot' }, command());
  await settle();
  seen = 0;
  await settle();
  expect(await judged(key)).toBe('E4011');
  const revoked = (await log()).filter(({ type }) => type === 'ClientKeyRevoked');
  expect(revoked).toMatchObject([{ data: { keyId }, metadata: { tenant: TENANT, actor: { kind: 'system', id: 'keys_of_deleted_owners' } } }]);
  const [deleted] = (await log()).filter(({ type }) => type === 'ServiceClientDeleted');
  expect(revoked[0]!.metadata.$correlationId).toBe(deleted!.metadata.$correlationId);
});

it('a key that was issued while its client was deleted is taken back', async () => {
  const { clientId, keyId } = await made();
  await commands.execute(serviceClient, clientId, { type: 'DeleteServiceClient', confirmation: 'robot' }, command());
  expect(await auth.clientKeys.of('service', clientId)).toEqual([]);
  await settle();
  expect((await commands.load(clientKey, keyId)).state).toMatchObject({ revoked: true });
  expect((await database.pool.query('select revoked from auth_client_keys where key_id = $1', [keyId])).rows).toEqual([{ revoked: true }]);
});
