import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createApp, type App } from '../../../src/app';
import { readConfiguration } from '../../../src/configuration';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import type { EventStore, RecordedEvent } from '../../../src/event-store/port';
import { createLogger } from '../../../src/http/log';
import { createPool } from '../../../src/postgres/pool';
import { apiOf, type Api } from '../../support/api';
import { createMigratedDatabase } from '../../support/database';
import { eventually, eventuallyHolds } from '../../support/eventually';
import { done, keyOf, PASSWORD, somebody, type Somebody } from '../../support/people';
import { asPlainRole } from '../../support/plain-role';
import { KLING_TEST_ACCOUNT, startKlingStandIn, type KlingStandIn } from '../../upstreams/kling';
import { LEGNEXT_TEST_KEY, startLegnextStandIn, type LegnextStandIn } from '../../upstreams/legnext';

export interface RunSetting {
  url: string;
  owner: Api;
  legnext: LegnextStandIn;
  kling: KlingStandIn;
  store: EventStore;
  database: Pick<ReturnType<typeof createPool>, 'query'>;
  /** Somebody new in the tenant of the owner. */
  person(role?: string): Promise<Somebody>;
  /** Starts a run and answers its payload. */
  start(api: Api, input: object): Promise<any>;
  /** The run as somebody sees it, once `check` holds. */
  runOnce(api: Api, id: string, check: (run: any) => boolean, withinMs?: number): Promise<any>;
  /** Waits until nobody holds a slot or a lease any more, or stands in line for one. */
  nothingIsHeld(): Promise<void>;
  /** The events of a run, by its global id. */
  events(id: string): Promise<RecordedEvent[]>;
  /** Everything that is on record. */
  wholeLog(): Promise<string>;
  /** Signs somebody in at the server as it is now. */
  signIn(email: string): Promise<Api>;
  /** Another server over the same log and database, where somebody is signed in. */
  another(email: string): Promise<{ api: Api; close(): Promise<void> }>;
  /** Ends this server and starts another one over the same log and database. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export const SECOND_KLING_ACCOUNT = { accessKey: 'access-second-not-a-key', secretKey: 'secret-second-not-a-key' };

export const LEGNEXT_RUN = { operation: 'LEGNEXT_DIFFUSION', parameters: { prompt: 'a harbour in the rain', options: null }, pollIntervalSeconds: 1 };
export const KLING_RUN = { operation: 'KLING_IMAGE', parameters: { prompt: 'a harbour in the rain' }, pollIntervalSeconds: 1 };

/** What a payload and a query show of a run in these tests. */
export const RUN_FIELDS = `id state attempt operation pool scenario prompt keyName jobId vendorStatus httpStatus failure failureCode failureCategory durationMs cost
  usage { unit amount } outputs { id kind contentType bytes width height url } cancellable retryable watchable timeline { stage attempt keyName jobId vendorStatus }
  exchange { endpoint parameters request response }`;

export const hasEnded = ({ state }: { state: string }): boolean => ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'CANCELLED', 'REJECTED'].includes(state);

const OWNER = { email: 'owner@example.test', password: PASSWORD };

/** The whole server over a log in memory; the vendors are stand-ins that check what they are sent. */
export async function createRunSetting(variables: Readonly<Record<string, string>> = {}): Promise<RunSetting> {
  const [database, legnext, kling] = await Promise.all([createMigratedDatabase(), startLegnextStandIn(), startKlingStandIn({ accounts: [KLING_TEST_ACCOUNT, SECOND_KLING_ACCOUNT] })]);
  const databaseUrl = await asPlainRole(database.url);
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'keyledger-runs-'));
  const store = createInMemoryEventStore();
  const pool = createPool(databaseUrl, { max: 2, applicationName: 'test' });
  const port = await freePort();
  const configuration = readConfiguration({
    PORT: String(port), KEYLEDGER_PUBLIC_URL: `http://127.0.0.1:${port}`, KEYLEDGER_DATA_DIR: dataDir, KEYLEDGER_MASTER_KEY: randomBytes(32).toString('base64'), KEYLEDGER_LOG_LEVEL: 'error', ADMIN_USER: OWNER.email, ADMIN_PASS: OWNER.password,
    LEGNEXT_URL: legnext.url, KLING_URL: kling.url, USER_MAX_CONCURRENCY: '2', GLOBAL_MAX_CONCURRENCY: '4', KEYLEDGER_COST_BURST: '100000000',
    KEY_POOL_JSON: JSON.stringify({
      legnext: [{ name: 'one', api_key: LEGNEXT_TEST_KEY, concurrency_limit: 4, rpm_limit: 600 }],
      kling: [{ name: 'pair', access_key: KLING_TEST_ACCOUNT.accessKey, secret_key: KLING_TEST_ACCOUNT.secretKey, concurrency_limit: 1 }],
    }),
    ...variables,
  });

  let app: App;
  let url = '';
  const serve = (): Promise<App> => createApp({ configuration, databaseUrl, store, log: createLogger(configuration.logLevel) });
  const begin = async (): Promise<void> => {
    app = await serve();
    url = await app.http.listen({ host: '127.0.0.1', port });
  };
  await begin();
  const signIn = async (email: string, place = url): Promise<Api> => {
    const api = apiOf(place);
    await done(api, 'signIn', { email, password: PASSWORD });
    return api;
  };
  let owner = await signIn(OWNER.email);
  let people = 0;

  return {
    get url() { return url; },
    get owner() { return owner; },
    legnext, kling, store, database: pool,
    person: (role = 'USER') => somebody({ url }, owner, `person-${++people}@example.test`, role),
    async start(api, input) {
      const { startRun } = await api.ask(
        `mutation ($input: StartRunInput!) { startRun(input: $input) { position errors { code rule message path details } run { ${RUN_FIELDS} } } }`, { input });
      return startRun;
    },
    runOnce: (api, id, check, withinMs = 25_000) => eventually(async () => {
      const { node } = await api.ask(`query ($id: ID!) { node(id: $id) { ... on Run { ${RUN_FIELDS} } } }`, { id });
      return check(node) && node;
    }, withinMs),
    nothingIsHeld: () => eventuallyHolds(async () => {
      const { rows } = await pool.query(
        `select (select count(*) from views.concurrency_slots)::int as slots, (select count(*) from views.leases where state in ('waiting', 'active'))::int as leases`);
      expect(rows).toEqual([{ slots: 0, leases: 0 }]);
    }, 10_000),
    async events(id) {
      const events: RecordedEvent[] = [];
      for await (const event of store.readStream(`run-${keyOf(id)}`)) events.push(event);
      return events;
    },
    async wholeLog() {
      const all: string[] = [];
      for await (const event of store.readAll()) all.push(JSON.stringify(event, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value)));
      return all.join('\n');
    },
    signIn: (email) => signIn(email),
    async another(email) {
      const other = await serve();
      return { api: await signIn(email, await other.http.listen({ host: '127.0.0.1', port: 0 })), close: () => other.close() };
    },
    async restart() {
      await app.close();
      await begin();
      owner = await signIn(OWNER.email);
    },
    async close() {
      await app.close();
      await pool.end();
      await Promise.all([store.close(), legnext.close(), kling.close(), database.drop(), rm(dataDir, { recursive: true, force: true })]);
    },
  };
}

/** The vendors' stand-ins must know the address before the server is there. */
async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
