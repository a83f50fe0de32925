import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from '../support/api';
import { OWNER, signIn } from '../support/set-up';
import { startChild, type Child } from './child';
import type { Following, Latencies, Question, Sent, SubscribersOrder } from './fan-out-subscribers';
import { startProduct, type Product } from './product';
import { whole, type Bench, type Row } from './report';

const BAR_MS = 100;
const SUBSCRIBERS = 1_000;
const SOCKETS = 20;
const EVENTS_PER_SECOND = 200;
const SECONDS = 20;
/** Seconds that do not count, so that the server has compiled itself. */
const WARM_UP_SECONDS = 5;
/** A lease is 3: requested, granted, released. */
const EVENTS_PER_LEASE = 3;
/** What is still on its way may come in. */
const SETTLE_MS = 1_500;
/** Growth of what is left after collecting garbage that counts as none. */
const FLAT_MB = 10;

const CREATE = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { position errors { message } } }';
const ADD_KEY = 'mutation ($input: AddProviderKeyInput!) { addProviderKey(input: $input) { position errors { message } } }';
const LEASE = 'mutation ($input: LeaseKeyInput!) { leaseKey(input: $input) { position lease { id fencingToken } errors { message } } }';
const RELEASE = 'mutation ($input: ReleaseLeaseInput!) { releaseLease(input: $input) { position errors { message } } }';
const FOLLOW = 'subscription ($provider: String) { keyPoolChanged(provider: $provider) { cursor position node { id activeLeases waiting grantsTotal updatedAt } } }';
/** Nobody may follow a thousand things alone. */
const ADMINS = ['ada', 'abe', 'amy'].map((name) => ({ email: `${name}@example.test`, displayName: name, role: 'ADMIN', password: 'another fine battery' }));

/** From commit to subscriber with 1,000 subscribers. */
export const fanOut: Bench = { name: 'fan-out', run };

interface Measured {
  latencies: Latencies;
  eventsPerSecond: number;
}

async function run(): Promise<Row> {
  const product = await startProduct();
  const memory = watchMemory(product.url);
  try {
    const callers = [product.owner];
    for (const admin of ADMINS) {
      await send(product.owner, CREATE, admin);
      callers.push(await signIn(product, { ...OWNER, ...admin }));
    }
    const many = await follow(product, callers, 50);
    const one = await follow(product, callers, 1);
    return toRow(many, one, await memory.stop());
  } finally {
    await memory.stop();
    await product.stop();
  }
}

/** Subscribers spread over so many pools, whose keys are leased and released all the time. */
async function follow({ url }: Product, callers: readonly Api[], pools: number): Promise<Measured> {
  const providers = Array.from({ length: pools }, (_, n) => `bench-${pools}-${n}`);
  for (const provider of providers) await send(callers[0]!, ADD_KEY, { provider, name: 'bench', secret: 'not-a-key-at-all', concurrencyLimit: 1_000 });
  const follows = Array.from({ length: SUBSCRIBERS }, (_, n) => n % pools);
  const subscribers = await subscribe(url, callers, follows.map((pool) => ({ field: 'keyPoolChanged', query: FOLLOW, variables: { provider: providers[pool] } })));
  try {
    const sent: Sent[][] = providers.map(() => []);
    const tell = async (pool: number, caller: Api, document: string, input: object) => {
      const at = performance.timeOrigin + performance.now();
      const payload = await send(caller, document, input);
      sent[pool]!.push({ position: payload.position, at });
      return payload;
    };
    const leaseAndRelease = async (n: number): Promise<void> => {
      const [pool, caller] = [n % pools, callers[n % callers.length]!];
      const { lease } = await tell(pool, caller, LEASE, { provider: providers[pool], requestId: randomUUID() });
      await tell(pool, caller, RELEASE, { leaseId: lease.id, fencingToken: String(lease.fencingToken) });
    };
    const latencies = async (): Promise<Latencies> => {
      await sleep(SETTLE_MS);
      return subscribers.ask<Latencies>({ sent: sent.map((changes) => changes.splice(0)), follows } satisfies Question);
    };
    await steadily(EVENTS_PER_SECOND / EVENTS_PER_LEASE, WARM_UP_SECONDS, leaseAndRelease);
    await latencies();
    const eventsPerSecond = await measureEvents(callers[0]!, () => steadily(EVENTS_PER_SECOND / EVENTS_PER_LEASE, SECONDS, leaseAndRelease));
    return { latencies: await latencies(), eventsPerSecond };
  } finally {
    await subscribers.stop();
  }
}

/** Sends a mutation that must succeed. @returns its payload */
async function send(caller: Api, document: string, input: object): Promise<Record<string, any>> {
  const [payload] = Object.values(await caller.ask<Record<string, Record<string, any>>>(document, { input }));
  if (payload!['errors'].length > 0) throw new Error(`Refused: ${JSON.stringify(payload!['errors'])}`);
  return payload!;
}

/** Opens the sockets in another process, by turns for each caller, and waits until all subscriptions stand. */
function subscribe(url: string, callers: readonly Api[], followings: readonly Following[]): Promise<Child<number>> {
  const each = SUBSCRIBERS / SOCKETS;
  const sockets = Array.from({ length: SOCKETS }, (_, socket) =>
    ({ cookie: callers[socket % callers.length]!.cookie()!, followings: followings.slice(socket * each, (socket + 1) * each) }));
  return startChild<number>(path.join(__dirname, 'fan-out-subscribers.js'), { url, sockets } satisfies SubscribersOrder);
}

/** Begins so many acts a second, however long each takes; ends when all have ended. */
async function steadily(perSecond: number, seconds: number, act: (n: number) => Promise<void>): Promise<void> {
  const acts: Promise<void>[] = [];
  const since = performance.now();
  for (let n = 0; n < perSecond * seconds; n++) {
    const due = since + (n / perSecond) * 1_000 - performance.now();
    if (due > 0) await sleep(due);
    acts.push(act(n));
  }
  await Promise.all(acts);
}

/** How many events a second the log grew by: positions of the embedded store are dense. */
async function measureEvents(caller: Api, work: () => Promise<void>): Promise<number> {
  const head = async (): Promise<number> => {
    const { projections } = await caller.ask('{ projections { head } }');
    return Number(projections[0].head);
  };
  const [before, since] = [await head(), performance.now()];
  await work();
  return (await head() - before) / ((performance.now() - since) / 1_000);
}

interface Memory {
  /** Resident MB at the first and the last reading. */
  resident: [number, number];
  /** Least heap in use, in MB, in the second and in the last quarter of the readings: what garbage collection cannot free. */
  kept: [number, number];
}

/** Reads the server's own figures once a second. */
function watchMemory(url: string): { stop(): Promise<Memory> } {
  const readings: { resident: number; heap: number }[] = [];
  let running = true;
  const figure = (text: string, name: string): number => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1]) / 1e6;
  const reading = (async () => {
    for (; running; await sleep(1_000)) {
      const text = await (await fetch(`${url}/metrics`)).text();
      readings.push({ resident: figure(text, 'process_resident_memory_bytes'), heap: figure(text, 'nodejs_heap_size_used_bytes') });
    }
  })();
  return {
    async stop() {
      running = false;
      await reading;
      const quarter = (n: number): number => {
        const size = Math.floor(readings.length / 4);
        return Math.min(...readings.slice(n * size, (n + 1) * size).map(({ heap }) => heap));
      };
      return { resident: [readings[0]!.resident, readings.at(-1)!.resident], kept: [quarter(1), quarter(3)] };
    },
  };
}

function toRow(many: Measured, one: Measured, { resident, kept }: Memory): Row {
  const ms = (value: number): string => `${value.toFixed(0)} ms`;
  const worst = Math.max(many.latencies.p99, one.latencies.p99);
  const flat = kept[1] - kept[0] <= FLAT_MB;
  const missed = many.latencies.missed + one.latencies.missed;
  const line = (name: string, { latencies: { items, p50, p99, max }, eventsPerSecond }: Measured): string =>
    `| ${name} | ${whole(eventsPerSecond)} | ${whole(items / SECONDS)} | ${ms(p50)} | ${ms(p99)} | ${ms(max)} |`;
  return {
    what: `commit to subscriber, p99, ${whole(SUBSCRIBERS)} subscribers at ${EVENTS_PER_SECOND} events/s`,
    against: '—',
    measured: `p99 ${ms(many.latencies.p99)} (50 pools), ${ms(one.latencies.p99)} (one pool)`,
    baseline: '—',
    result: `p99 ${ms(worst)}, memory ${flat ? 'flat' : 'grows'}`,
    bar: `<= ${BAR_MS} ms, flat memory`,
    met: worst <= BAR_MS && flat && missed === 0,
    about: `${whole(SUBSCRIBERS)} subscriptions on ${SOCKETS} sockets of ${ADMINS.length + 1} people, in a process of their own. Keys are leased and released over HTTP at a fixed pace`
      + ` for ${SECONDS} s, whatever the answers take:\n\n`
      + '| subscribers | events/s in the log | deliveries/s | p50 | p99 | max |\n|---|---|---|---|---|---|\n'
      + `${line('20 on each of 50 pools', many)}\n${line(`all ${whole(SUBSCRIBERS)} on one pool, whose row every event changes`, one)}\n\n`
      + 'Latency counts for every change and every subscriber that follows its row: from the moment the mutation was sent to the moment the subscriber\'s'
      + ' process has parsed the first state that includes the change. So it holds the HTTP request and the append as well, and is more than from commit to'
      + ` subscriber. States of one row are coalesced, so fewer are sent than there are events. ${missed} changes were missed.`
      + ` The server held ${whole(resident[0])} MB before and ${whole(resident[1])} MB after; its heap after garbage collection went from ${whole(kept[0])} to ${whole(kept[1])} MB`
      + ` between the second and the last quarter of the time (up to ${FLAT_MB} MB more counts as flat).`,
  };
}
