import { createClient, type Client } from 'graphql-ws';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { serveParent } from './child';

/** One subscription; items are `{ position, node }` below `field`. */
export interface Following {
  field: string;
  query: string;
  variables: Record<string, unknown>;
}

/** Sockets to open, each with the cookie of its session and what it follows; they all follow the same number of things. */
export interface SubscribersOrder {
  url: string;
  sockets: { cookie: string; followings: Following[] }[];
}

/** A change: where it stands in the log, and when it was asked for (milliseconds since the epoch). */
export interface Sent {
  position: string;
  at: number;
}

/** By the number of each subscription (in the order of the sockets): the changes of what it follows. */
export interface Question {
  sent: Sent[][];
  /** Of the `n`-th subscription, which of them. */
  follows: number[];
}

export interface Latencies {
  subscribers: number;
  /** Items received since the last question. */
  items: number;
  /** Subscribers that received none. */
  idle: number;
  /** Milliseconds; NaN when there is nothing to tell. */
  p50: number;
  p99: number;
  max: number;
  /** Changes that subscribers never came to know. */
  missed: number;
}

interface Item {
  position: string;
  node: object | null;
}

interface Received {
  position: bigint;
  /** Milliseconds since the epoch. */
  at: number;
}

/** The server takes 20 messages a second from a socket. */
const SUBSCRIBE_EVERY_MS = 60;

async function start({ url, sockets }: SubscribersOrder) {
  const clients: Client[] = [];
  const received = sockets.flatMap(({ followings }) => followings.map((): Received[] => []));
  let failure: unknown;

  await Promise.all(sockets.map(async ({ cookie, followings }, socket) => {
    const client = clientOf(url, cookie);
    clients.push(client);
    for (const [n, following] of followings.entries()) {
      const items = received[socket * followings.length + n]!;
      await new Promise<void>((resolve) => {
        client.subscribe<Record<string, Item>>({ query: following.query, variables: following.variables }, {
          next({ data, errors }) {
            if (errors) failure = errors;
            const item = data?.[following.field];
            if (item?.node) items.push({ position: BigInt(item.position), at: now() });
            // The first item has no node: from here on nothing is missed.
            else resolve();
          },
          error(error) {
            failure = error;
            resolve();
          },
          complete: () => resolve(),
        });
      });
      await sleep(SUBSCRIBE_EVERY_MS);
    }
  }));
  assertHealthy();

  function assertHealthy(): void {
    if (failure) throw new Error(`A subscription failed: ${failure instanceof Error ? failure.message : JSON.stringify(failure)}`);
  }

  async function answer(question: Question): Promise<Latencies> {
    assertHealthy();
    const taken = received.map((items) => items.splice(0));
    const { latencies, missed } = latenciesOf(taken, question);
    const sorted = Float64Array.from(latencies).sort();
    const quantile = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
    return {
      subscribers: received.length,
      items: taken.reduce((sum, items) => sum + items.length, 0),
      idle: taken.filter((items) => items.length === 0).length,
      p50: quantile(0.5), p99: quantile(0.99), max: quantile(1), missed,
    };
  }

  return {
    ready: received.length,
    answer: (question: unknown) => answer(question as Question),
    stop: async () => {
      for (const client of clients) await client.dispose();
    },
  };
}

/** Every subscriber must come to know every change it follows: by an item of its own, or by a later state of the same row. */
function latenciesOf(received: readonly Received[][], { sent, follows }: Question): { latencies: number[]; missed: number } {
  const changes = sent.map((group) => group.map(({ position, at }) => ({ position: BigInt(position), at })).sort((a, b) => (a.position < b.position ? -1 : 1)));
  const latencies: number[] = [];
  let missed = 0;
  for (const [subscription, items] of received.entries()) {
    let next = 0;
    for (const change of changes[follows[subscription]!]!) {
      while (next < items.length && items[next]!.position < change.position) next++;
      if (next === items.length) missed++;
      else latencies.push(items[next]!.at - change.at);
    }
  }
  return { latencies, missed };
}

function clientOf(url: string, cookie: string): Client {
  return createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: class extends WebSocket {
      constructor(address: string, protocols: string | string[]) {
        super(address, protocols, { headers: { origin: url.replace('127.0.0.1', 'localhost'), cookie } });
      }
    },
    lazy: false,
    retryAttempts: 0,
  });
}

/** The clock that other processes of this machine share, finer than `Date.now()`. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

if (require.main === module) serveParent(start);
