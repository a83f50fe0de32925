import { once } from 'node:events';
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { EventStoreDBClient, NO_STREAM, persistentSubscriptionToStreamSettingsFromDefaults } from '@eventstore/db-client';
import { credentials, type ServiceError } from '@grpc/grpc-js';
import { Empty } from '@eventstore/db-client/generated/shared_pb';
import { ServerFeaturesClient } from '@eventstore/db-client/generated/serverfeatures_grpc_pb';
import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb';
import { generate } from 'selfsigned';
import { startEventStoreServer, type EventStoreServer } from '../../../src/event-store/embedded/server';
import { createInMemoryStorage } from '../../../src/event-store/embedded/storage/in-memory';
import { collect, connectTo, event, fails, failure, socketDir } from './support/stores';

const PASSWORD = 'an obviously fake password';
const dir = socketDir();
const socketPath = path.join(dir, 'es.sock');
const certificateFile = path.join(dir, 'cert.pem');
let server: EventStoreServer;
const clients: EventStoreDBClient[] = [];

beforeAll(async () => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }, { type: 7, ip: '127.0.0.1' }] }],
  });
  writeFileSync(certificateFile, cert);
  server = await startEventStoreServer({
    store: createInMemoryStorage(),
    listen: [
      { socketPath },
      { host: '127.0.0.1', port: 0, tls: { cert, key }, auth: { user: 'admin', password: PASSWORD } },
      { host: '127.0.0.1', port: 0 },
    ],
  });
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.dispose()));
  await server.close();
  rmSync(dir, { recursive: true, force: true });
});

function connect(url: (address: string) => string, endpoint = 1): EventStoreDBClient {
  const client = EventStoreDBClient.connectionString(url(server.addresses[endpoint]!));
  clients.push(client);
  return client;
}

const overTls = (user: string, scheme = 'esdb'): EventStoreDBClient =>
  connect((address) => `${scheme}://${user}${address}?tls=true&tlsCAFile=${certificateFile}`);

describe('TLS with Basic authentication', () => {
  test('the right password gives the same log as the socket', async () => {
    const client = overTls(`admin:${encodeURIComponent(PASSWORD)}@`);
    await client.appendToStream('tls', event({ a: 1 }), { expectedRevision: NO_STREAM });
    const overSocket = connectTo(server.address);
    clients.push(overSocket);
    expect(await collect(overSocket.readStream('tls'))).toEqual(await collect(client.readStream('tls')));
    await client.deleteStream('tls');
  });

  test.each([
    ['a wrong password', 'admin:wrong@'],
    ['another user', `root:${encodeURIComponent(PASSWORD)}@`],
    ['no password', ''],
  ])('%s opens nothing', async (_name, user) => {
    const client = overTls(user);
    const denied = { type: 'access-denied' };
    await fails(client.appendToStream('tls', event()), denied);
    await fails(collect(client.readStream('tls')), denied);
    await fails(collect(client.readAll()), denied);
    await fails(client.deleteStream('tls'), denied);
    await fails(client.tombstoneStream('tls'), denied);
    const plain = client.appendToStream('tls', event(), { credentials: { username: 'admin', password: 'wrong' } });
    await fails(plain, denied);
    const [error] = await once(client.subscribeToAll(), 'error');
    expect(error).toMatchObject(denied);
  });

  test('discovery finds the one node', async () => {
    const client = overTls(`admin:${encodeURIComponent(PASSWORD)}@`, 'esdb+discover');
    await client.appendToStream('discovered', event(), { expectedRevision: NO_STREAM });
  });
});

test('without TLS, on loopback, by a connection string', async () => {
  const client = connect((address) => `esdb://${address}?tls=false`, 2);
  await client.appendToStream('plain', event(), { expectedRevision: NO_STREAM });
  expect(await collect(client.readStream('plain'))).toHaveLength(1);
});

test('the socket is for its owner only', () => {
  expect(statSync(socketPath).mode & 0o777).toBe(0o600);
});

test('the features are exactly the methods that exist, and the version starts with three numbers', async () => {
  const raw = new ServerFeaturesClient(server.address, credentials.createInsecure());
  const features = await new Promise<SupportedMethods>((resolve, reject) => {
    raw.getSupportedMethods(new Empty(), (error, answer) => (error ? reject(error) : resolve(answer)));
  });
  raw.close();
  expect(features.getEventStoreServerVersion()).toMatch(/^23\.10\.0-embedded$/);
  expect(features.getMethodsList().map((method) => `${method.getServiceName()}/${method.getMethodName()}`).sort()).toEqual([
    'event_store.client.gossip.gossip/read',
    'event_store.client.server_features.serverfeatures/getsupportedmethods',
    'event_store.client.streams.streams/append',
    'event_store.client.streams.streams/batchappend',
    'event_store.client.streams.streams/delete',
    'event_store.client.streams.streams/read',
    'event_store.client.streams.streams/tombstone',
  ]);
});

describe('what is not there says so and says where it is', () => {
  const unimplemented = (feature: RegExp) => ({ code: 12, message: expect.stringMatching(new RegExp(`${feature.source}.*cluster`, 's')) });

  test.each<[string, RegExp, (client: EventStoreDBClient) => Promise<unknown>]>([
    ['a persistent subscription', /Persistent subscriptions/, (client) =>
      client.createPersistentSubscriptionToStream('s', 'g', persistentSubscriptionToStreamSettingsFromDefaults())],
    ['reading from one', /Persistent subscriptions/, (client) =>
      once(client.subscribeToPersistentSubscriptionToStream('s', 'g'), 'data')],
    ['a projection', /Projections/, (client) => client.createProjection('p', 'fromAll()')],
    ['the list of projections', /Projections/, (client) => client.listProjections()],
  ])('%s', async (_name, feature, call) => {
    const client = connectTo(server.address);
    clients.push(client);
    expect(await failure(call(client)) as unknown as ServiceError).toMatchObject(unimplemented(feature));
  });
});

test('a closed server removes its socket and can be started again on the same path', async () => {
  const again = path.join(dir, 'again.sock');
  for (let i = 0; i < 2; i += 1) {
    const other = await startEventStoreServer({ store: createInMemoryStorage(), listen: { socketPath: again } });
    expect(existsSync(again)).toBe(true);
    await other.close();
    expect(existsSync(again)).toBe(false);
  }
  writeFileSync(again, 'left by a process that was killed');
  const other = await startEventStoreServer({ store: createInMemoryStorage(), listen: { socketPath: again } });
  await other.close();
});

test('an address that cannot be listened on is named', async () => {
  jest.spyOn(console, 'error').mockImplementation(() => {});
  const nowhere = { socketPath: path.join(dir, 'no', 'such', 'folder', 'es.sock') };
  const starting = startEventStoreServer({ store: createInMemoryStorage(), listen: nowhere });
  await fails(starting, { message: expect.stringContaining('no/such/folder') });
});
