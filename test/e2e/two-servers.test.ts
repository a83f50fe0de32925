import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { runningDatabaseUrl } from '../../src/embedded/postgres';
import { faultsOf, type Operation } from '../support/history';
import { startServer, temporaryDataDir, type ServerProcess } from '../support/server-process';
import { setUpOwner, signIn } from '../support/set-up';
import type { Api } from '../support/api';

/** Before asking again, so that the servers have time for more than being asked. */
const REST_MS = 10;

const folders = [temporaryDataDir(), temporaryDataDir()] as const;
let first: ServerProcess;
let second: ServerProcess;
let viaFirst: Api;
let viaSecond: Api;

/** The first brings Postgres and the log; the second is given both by address, as on another machine. */
beforeAll(async () => {
  const { dataDir } = folders[0];
  first = await startServer({ dataDir, env: { KEYLEDGER_EVENTSTORE_PORT: '0' } });
  viaFirst = await setUpOwner(first);
  const [, address, certificate] = /esdb:\/\/(\S+)\?tls=true&tlsCAFile=(\S+)/.exec(first.output())!;
  const password = readFileSync(path.join(dataDir, 'event-store.password'), 'utf8').trim();
  second = await startServer({
    dataDir: folders[1].dataDir,
    env: {
      DATABASE_URL: runningDatabaseUrl(dataDir, 'keyledger')!,
      EVENTSTORE_URL: `esdb://admin:${password}@${address}?tls=true&tlsCAFile=${certificate}`,
      KEYLEDGER_MASTER_KEY: readFileSync(path.join(dataDir, 'master.key'), 'utf8').trim(),
    },
  });
  viaSecond = await signIn(second);
}, 120_000);

afterAll(async () => {
  await second?.stop();
  await first?.stop();
  for (const { remove } of folders) remove();
}, 60_000);

const CREATE = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { position errors { code rule } user { id } } }';
const create = async (api: Api, name: string): Promise<any> =>
  (await api.ask(CREATE, { input: { email: `${name}@example.test`, displayName: name, role: 'USER', idempotencyKey: name } })).createUser;

test('the Postgres of the first has connections for three servers, reckoned as the README does', async () => {
  const client = new Client({ connectionString: runningDatabaseUrl(folders[0].dataDir, 'keyledger')! });
  await client.connect();
  const { rows } = await client.query('show max_connections');
  await client.end();
  expect(Number(rows[0].max_connections)).toBeGreaterThanOrEqual(3 * 50 + 20);
});

test('what one server writes, a subscriber of the other sees', async () => {
  const socket = viaSecond.socket();
  let made: any;
  for await (const { data } of socket.iterate<any>({ query: 'subscription { userChanged { node { id displayName } } }' })) {
    if (!data.userChanged.node) made = await create(viaFirst, 'across');
    else if (data.userChanged.node.displayName === 'across') {
      expect(data.userChanged.node.id).toBe(made.user.id);
      break;
    }
  }
  await socket.dispose();
});

test('a position answered by one server is waited for by the other', async () => {
  const { position } = await create(viaFirst, 'awaited');
  const response = await fetch(`${second.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie: viaSecond.cookie()!, 'x-min-position': position },
    body: JSON.stringify({ query: '{ users(filter: { search: "awaited" }) { totalCount } }' }),
  });
  expect(((await response.json()) as any).data.users.totalCount).toBe(1);
});

test('twins sent to both servers at once have one effect and one answer', async () => {
  const history: Operation[] = [];
  for (let n = 0; n < 30; n++) {
    const key = `twin-${n}`;
    const answers = await Promise.all([viaFirst, viaSecond].map(async (api) => {
      for (;;) {
        const answer = await create(api, key);
        if (answer.errors.length === 0) return answer;
        expect(answer.errors[0].rule).toBe('in_progress');
        await sleep(REST_MS);
      }
    }));
    expect(answers[0].user.id).toBe(answers[1].user.id);
    history.push(...answers.map(({ position }): Operation => ({ key, outcome: 'acknowledged', id: position, position: BigInt(position) })));
  }
  const { auditLog } = await viaFirst.ask('{ auditLog(first: 30, filter: { act: ["UserCreated"] }) { nodes { position } } }');
  const acts = auditLog.nodes.map((node: any) => ({ id: node.position, position: BigInt(node.position) })).reverse();
  expect(faultsOf(history, acts)).toEqual([]);
});

test('one pool, two servers, many workers: never more leases than the key allows', async () => {
  await viaFirst.ask('mutation ($input: AddProviderKeyInput!) { addProviderKey(input: $input) { errors { code } } }', {
    input: { provider: 'shared', name: 'only', secret: 'not-a-real-key', concurrencyLimit: 2 },
  });
  let held = 0;
  let most = 0;
  const tokens: bigint[] = [];
  const worker = async (api: Api, name: string): Promise<void> => {
    for (let n = 0; n < 5; n++) {
      const input = { provider: 'shared', requestId: `${name}-${n}` };
      let lease: any;
      while (!lease) {
        const { leaseKey } = await api.ask('mutation ($input: LeaseKeyInput!) { leaseKey(input: $input) { errors { code rule } lease { id fencingToken } ticket { place } } }', { input });
        expect(leaseKey.errors).toEqual([]);
        lease = leaseKey.lease;
        if (!lease) await sleep(REST_MS);
      }
      most = Math.max(most, ++held);
      tokens.push(BigInt(lease.fencingToken));
      await sleep(20);
      held--;
      const { releaseLease } = await api.ask('mutation ($input: ReleaseLeaseInput!) { releaseLease(input: $input) { errors { code rule } } }', { input: { leaseId: lease.id, fencingToken: lease.fencingToken } });
      expect(releaseLease.errors).toEqual([]);
    }
  };
  await Promise.all([0, 1, 2, 3].flatMap((n) => [worker(viaFirst, `first-${n}`), worker(viaSecond, `second-${n}`)]));
  expect(most).toBeLessThanOrEqual(2);
  expect(new Set(tokens).size).toBe(40);
  // The last release may have gone through the first server, whose token the second caller does not have.
  const pool = async (): Promise<unknown> => (await viaSecond.ask('{ keyPool(provider: "shared") { activeLeases waiting grantsTotal } }')).keyPool;
  await until(async () => JSON.stringify(await pool()) === JSON.stringify({ activeLeases: 0, waiting: 0, grantsTotal: 40 }));
}, 90_000);

test('when one is killed, the other serves on', async () => {
  await second.kill();
  expect((await create(viaFirst, 'survivor')).errors).toEqual([]);
  await until(async () => (await viaFirst.ask('{ users(filter: { search: "survivor" }) { totalCount } }')).users.totalCount === 1);
}, 60_000);

/** Waits until it holds, for at most 30 seconds. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('It never held');
    await sleep(50);
  }
}
