import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedEventStore, type EmbeddedEventStore } from '../../src/embedded/event-store';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/embedded/postgres';
import { networkAccess } from '../../src/event-store/embedded/network-access';
import type { Api } from '../support/api';
import { eventually } from '../support/eventually';
import { violationsOf, type KeyRules } from '../support/lease-checker';
import { work, type LeaseWorker } from '../support/lease-worker';
import { done, keyOf } from '../support/people';
import { freePort, startServer, temporaryDataDir, type ServerProcess } from '../support/server-process';
import { setUpOwner } from '../support/set-up';
import { makeTenant } from '../support/tenants';

const WORKERS = 50;
const CLIENTS_PER_TENANT = 5;
const HAMMER_MS = 60_000;
const REST_MS = 2_000;
/** After the minute, everybody who still waits is served or told why within their wait limit. */
const DRAIN_MS = 20_000;
const MAX_WAIT_SECONDS = 10;
const TTL_SECONDS = 5;
const PROVIDER = 'hammered';

const folders = [temporaryDataDir(), temporaryDataDir(), temporaryDataDir()] as const;
/** Outlive the servers: their own crashes are those of `kill.test.ts`. */
let postgres: EmbeddedPostgres;
let log: EmbeddedEventStore;
let nodes: ServerProcess[] = [];
let restart: (index: number) => Promise<ServerProcess>;
let owner: Api;
let keys: (KeyRules & { secret: string })[];
let clientKeys: Record<'main' | 'branch', string[]>;

beforeAll(async () => {
  const { dataDir } = folders[0];
  postgres = await startEmbeddedPostgres({ dataDir });
  const access = await networkAccess(dataDir);
  log = await startEmbeddedEventStore({ databaseUrl: await postgres.databaseUrl('eventstore'), dataDir, network: { port: 0, ...access } });
  const env = {
    DATABASE_URL: await postgres.databaseUrl('keyledger'),
    EVENTSTORE_URL: `esdb://${access.user}:${access.password}@${log.address}?tls=true&tlsCAFile=${access.certFile}`,
    KEYLEDGER_MASTER_KEY: randomBytes(32).toString('base64'),
  };
  const ports = [await freePort(), await freePort()];
  restart = (index) => startServer({ dataDir: folders[index + 1]!.dataDir, port: ports[index]!, env });
  nodes = [await restart(0)];
  owner = await setUpOwner(nodes[0]!);
  nodes.push(await restart(1));
  await makePool();
}, 120_000);

afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
  await log?.stop();
  await postgres?.stop();
  for (const { remove } of folders) remove();
}, 60_000);

async function makePool(): Promise<void> {
  const branch = await makeTenant(nodes[0]!, owner, 'branch');
  const { viewer } = await owner.ask('{ viewer { tenant { id } } }');
  const main = keyOf(viewer.tenant.id);
  const [all, ofMain, ofBranch] = [['main', 'branch'], ['main'], ['branch']];
  keys = [
    { name: 'for all', concurrencyLimit: 3, rpmLimit: null, kinds: all },
    { name: 'rated', concurrencyLimit: 4, rpmLimit: 40, kinds: all },
    { name: 'of main', concurrencyLimit: 1, rpmLimit: null, kinds: ofMain },
    { name: 'of branch', concurrencyLimit: 2, rpmLimit: null, kinds: ofBranch },
  ].map((key) => ({ ...key, secret: `sample-secret ${key.name}` }));
  const scopes = new Map([[all, '*'], [ofMain, main], [ofBranch, keyOf(branch.id)]]);
  for (const { name, concurrencyLimit, rpmLimit, kinds, secret } of keys) {
    const tenantScope = scopes.get(kinds as string[]);
    await done(owner, 'addProviderKey', { provider: PROVIDER, name, secret, concurrencyLimit, rpmLimit, tenantScope });
  }
  clientKeys = { main: await callers(owner), branch: await callers(branch.owner) };
}

/** Keys of service clients that lease. */
async function callers(of: Api): Promise<string[]> {
  const made = [];
  for (let n = 0; n < CLIENTS_PER_TENANT; n++) {
    const { serviceClient } = await done(of, 'createServiceClient', { name: `worker ${n}`, scopes: ['leases:write', 'pools:read'] }, 'serviceClient { id }');
    const { secret } = await done(of, 'issueClientKey', { clientId: serviceClient.id, name: 'its key' }, 'secret');
    made.push(secret as string);
  }
  return made;
}

test('TEST-37: two servers, killed again and again, and 50 workers on one pool: nothing that they see is wrong', async () => {
  const begun = performance.now();
  const ended = (): boolean => performance.now() - begun > HAMMER_MS;
  const deadline = begun + HAMMER_MS + DRAIN_MS;
  const urls = nodes.map(({ url }) => url);
  const workers = Array.from({ length: WORKERS }, (_, n): LeaseWorker => {
    const kind = n % 2 === 0 ? 'main' : 'branch';
    return {
      name: `${kind}-${n}`, kind, clientKey: clientKeys[kind][(n >> 1) % CLIENTS_PER_TENANT]!, urls, provider: PROVIDER,
      ttlSeconds: TTL_SECONDS, maxWaitSeconds: MAX_WAIT_SECONDS, follows: n % 4 < 2, vanishesFirst: n % 10 === 0, ended, deadline,
      keyOf: (secret) => keys.find((key) => key.secret === secret)?.name,
    };
  });
  let kills = 0;
  const killing = (async () => {
    while (!ended()) {
      const index = kills++ % 2;
      await nodes[index]!.kill();
      nodes[index] = await restart(index);
      await sleep(REST_MS);
    }
  })();
  const histories = (await Promise.all(workers.map(work))).flat();
  await killing;

  expect(violationsOf(keys, histories)).toEqual([]);
  // The checker had something to look at; a quick machine gives it ten times as much.
  const count = (of: (history: (typeof histories)[number]) => boolean): number => histories.filter(of).length;
  expect(kills).toBeGreaterThanOrEqual(2);
  expect(count(({ grants }) => grants.length > 0)).toBeGreaterThan(50);
  expect(count(({ waits }) => waits.length > 0)).toBeGreaterThan(20);
  expect(count(({ outcome }) => outcome === 'vanished')).toBeGreaterThan(0);
  for (const { name } of keys) expect(count(({ grants: [first] }) => first?.key === name)).toBeGreaterThan(0);
}, HAMMER_MS + DRAIN_MS + 30_000);

test('fault 41: what workers left behind is free again once its TTL is over', async () => {
  await eventually(async () => {
    const { data } = await owner.call(`{ keyPool(provider: "${PROVIDER}") { activeLeases waiting keys { activeLeases } } }`);
    const keyPool = data?.['keyPool'];
    return keyPool?.waiting === 0 && keyPool.keys.every(({ activeLeases }: { activeLeases: number }) => activeLeases === 0);
  }, 30_000);
}, 40_000);
