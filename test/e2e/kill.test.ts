import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { apiOf, type Api } from '../support/api';
import { faultsOf, type Act, type Operation } from '../support/history';
import { freePort, startServer, temporaryDataDir, type ServerProcess } from '../support/server-process';
import { setUpOwner } from '../support/set-up';

const CREATE = `mutation ($input: CreateUserInput!) { createUser(input: $input) { position errors { code rule } user { id } } }`;
const ACTS = `query ($after: String) {
  auditLog(first: 100, after: $after, filter: { act: ["UserCreated"] }, orderBy: { field: POSITION, direction: ASC }) {
    nodes { position summary } pageInfo { hasNextPage endCursor }
  }
}`;
const WORKERS = 4;

const { dataDir, remove } = temporaryDataDir();
let server: ServerProcess;
let owner: Api;

beforeAll(async () => {
  server = await startServer({ dataDir, port: await freePort() });
  owner = await setUpOwner(server);
}, 90_000);

afterAll(async () => {
  await server.stop();
  remove();
}, 60_000);

/** Requests one at a time with keys of its own; what got no answer is asked again with the same key until it does. */
async function worker(name: string, api: Api, until: () => boolean, history: Operation[]): Promise<void> {
  for (let n = 0; !until(); n++) {
    const key = `${name}-${n}`;
    for (;;) {
      const operation = await attempt(api, key);
      history.push(operation);
      if (operation.outcome !== 'unknown') break;
      await sleep(50);
    }
  }
}

async function attempt(api: Api, key: string): Promise<Operation> {
  const input = { email: `${key}@example.test`, displayName: key, role: 'USER', idempotencyKey: key };
  try {
    const { data, errors } = await api.call(CREATE, { input });
    if (!data || errors.length > 0) return { key, outcome: 'unknown' };
    const { createUser } = data;
    // Every refusal here says "not now": an outage, or our own first try still on its way.
    if (createUser.errors.length > 0) return { key, outcome: 'unknown' };
    return { key, outcome: 'acknowledged', id: createUser.position, position: BigInt(createUser.position) };
  } catch {
    return { key, outcome: 'unknown' };
  }
}

/** Asks again while the answer is "not yet": views that were cut off from Postgres need a moment to catch up. */
async function patiently<Data = Record<string, any>>(api: Api, document: string, variables?: Record<string, unknown>): Promise<Data> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const { data, errors } = await api.call<Data>(document, variables);
    if (data && errors.length === 0) return data;
    const later = errors.every(({ extensions }) => ['retry', 'wait_and_retry'].includes(String(extensions.recovery)));
    if (!later || Date.now() > deadline) throw new Error(`The API answered ${JSON.stringify(errors)}`);
    await sleep(100);
  }
}

async function everyUserCreated(): Promise<Act[]> {
  const acts: Act[] = [];
  for (let after: string | null = null; ; ) {
    const { auditLog }: Record<string, any> = await patiently(owner, ACTS, { after });
    for (const { position } of auditLog.nodes) acts.push({ id: position, position: BigInt(position) });
    if (!auditLog.pageInfo.hasNextPage) return acts;
    after = auditLog.pageInfo.endCursor;
  }
}

/** Runs the workers while `disturb` does its worst, then compares what they were told with the log. */
async function underLoad(name: string, disturb: () => Promise<void>): Promise<Operation[]> {
  const before = new Set((await everyUserCreated()).map(({ id }) => id));
  const history: Operation[] = [];
  let over = false;
  const workers = Array.from({ length: WORKERS }, (_, n) => worker(`${name}-${n}`, owner, () => over, history));
  await answersBeyond(history, 20);
  await disturb();
  await answersBeyond(history, 20);
  over = true;
  await Promise.all(workers);
  const acts = (await everyUserCreated()).filter(({ id }) => !before.has(id));
  expect(faultsOf(history, acts)).toEqual([]);
  return history;
}

/** Waits until so many more requests were acknowledged. */
async function answersBeyond(history: readonly Operation[], more: number): Promise<void> {
  const acknowledged = (): number => history.filter(({ outcome }) => outcome === 'acknowledged').length;
  const goal = acknowledged() + more;
  const deadline = Date.now() + 60_000;
  while (acknowledged() < goal) {
    if (Date.now() > deadline) throw new Error(`Only ${acknowledged()} of ${goal} requests were acknowledged:\n${server.output().slice(-3_000)}`);
    await sleep(20);
  }
}

/** The process of the embedded event store: a child of the server. */
function eventStorePid(): number {
  const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8').trim().split(' ').map(Number);
  const found = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('event-store'));
  if (!found) throw new Error('The server has no event store process');
  return found;
}

const postgresPid = (): number => Number(readFileSync(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);

test('kill -9 of the server loses nothing that was acknowledged, and repeats nothing', async () => {
  for (let round = 0; round < 3; round++) {
    await underLoad(`server${round}`, async () => {
      const port = Number(new URL(server.url).port);
      await server.kill();
      server = await startServer({ dataDir, port });
    });
  }
}, 180_000);

test('kill -9 of the event store is survived without hands', async () => {
  for (let round = 0; round < 2; round++) {
    await underLoad(`store${round}`, async () => {
      process.kill(eventStorePid(), 'SIGKILL');
    });
  }
}, 180_000);

test('kill -9 of Postgres is survived without hands', async () => {
  await underLoad('postgres', async () => {
    process.kill(postgresPid(), 'SIGKILL');
  });
}, 180_000);

test('afterwards the server answers as ever, and a stranger still has no session', async () => {
  expect((await patiently(owner, '{ viewer { role } }')).viewer.role).toBe('OWNER');
  expect((await patiently(apiOf(server.url), '{ viewer { role } }')).viewer).toBeNull();
});
