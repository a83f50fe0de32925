import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import type { RequestHistory } from './lease-checker';

/** A worker outside of the server: it leases keys, uses them for a while and gives them back, by public answers alone. */
export interface LeaseWorker {
  name: string;
  /** Class of its requests: those of one class may be served by the same keys. */
  kind: string;
  /** Key with which it calls the API. */
  clientKey: string;
  /** The servers, any of which will do. */
  urls: readonly string[];
  provider: string;
  ttlSeconds: number;
  maxWaitSeconds: number;
  /** Whether it waits by subscription; otherwise it asks again and again. */
  follows: boolean;
  /** Whether it leaves its first lease behind; later ones it leaves now and then. */
  vanishesFirst: boolean;
  /** Name of the provider key of a secret. */
  keyOf(secret: string): string | undefined;
  /** Whether to begin nothing new. */
  ended(): boolean;
  /** When to give up what is still open: milliseconds of `performance.now()`. */
  deadline: number;
}

const LEASE = `mutation ($input: LeaseKeyInput!) { leaseKey(input: $input) {
  errors { code rule } ticketId secret lease { id fencingToken providerKey { name } } } }`;
const FOLLOW = `subscription ($id: ID!) { leaseRequestChanged(ticketId: $id) {
  standing secret lease { id fencingToken providerKey { name } } } }`;
const BEAT = 'mutation ($input: HeartbeatLeaseInput!) { heartbeatLease(input: $input) { errors { code rule } } }';
const RELEASE = 'mutation ($input: ReleaseLeaseInput!) { releaseLease(input: $input) { errors { code rule } } }';
const CANCEL = 'mutation ($input: CancelTicketInput!) { cancelTicket(input: $input) { cancelledId errors { code rule } } }';

/** Codes that say "not now". */
const PASSING = ['E5031', 'E5041', 'E4291'];
const BEAT_EVERY_MS = 700;

interface Answered {
  payload: any;
  sentAt: number;
  receivedAt: number;
}

interface HeldLease {
  id: string;
  token: string;
}

const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(Math.random() * items.length)]!;
const between = (low: number, high: number): number => low + Math.random() * (high - low);

/** Works until it is told to end, and until everything it began is over. @returns what it saw of each request */
export async function work(worker: LeaseWorker): Promise<RequestHistory[]> {
  const histories: RequestHistory[] = [];
  for (let n = 0; !worker.ended(); n++) {
    const history: RequestHistory = {
      requestId: `${worker.name}-${n}`, worker: worker.name, kind: worker.kind, ttlMs: worker.ttlSeconds * 1_000,
      firstSentAt: performance.now(), waits: [], grants: [], beats: [], releases: [], outcome: undefined,
    };
    histories.push(history);
    await oneRequest(worker, history, n === 0 && worker.vanishesFirst);
  }
  return histories;
}

async function oneRequest(worker: LeaseWorker, history: RequestHistory, vanishes: boolean): Promise<void> {
  const lease = await acquire(worker, history);
  if (!lease || history.outcome) return;
  // Whoever has lost the secret gives the lease back and asks anew.
  if (history.grants.some(({ secret }) => secret)) {
    const kind = Math.random();
    if (vanishes || kind < 0.04) {
      history.outcome = 'vanished';
      return;
    }
    await use(worker, history, lease, kind < 0.2 ? between(1_500, 3_000) : between(40, 300));
  }
  if (!history.outcome) await release(worker, history, lease);
}

/** Asks until there is a lease, or a reason why there is none. */
async function acquire(worker: LeaseWorker, history: RequestHistory): Promise<HeldLease | undefined> {
  const { provider, ttlSeconds, maxWaitSeconds } = worker;
  const input = { provider, requestId: history.requestId, ttlSeconds, maxWaitSeconds };
  const givesUp = Math.random() < 0.03;
  while (performance.now() < worker.deadline) {
    const answer = await ask(worker, LEASE, { input });
    if (!answer) continue;
    const { payload, sentAt, receivedAt } = answer;
    if (payload.errors.length > 0) {
      history.outcome = 'told';
      return undefined;
    }
    let { lease, secret } = payload;
    let aliveAt: number | undefined = secret ? sentAt : undefined;
    if (!lease) {
      history.waits.push({ sentAt, receivedAt });
      if (givesUp && (await cancelled(worker, payload.ticketId))) {
        history.outcome = 'told';
        return undefined;
      }
    }
    if (!lease && worker.follows) {
      const last = await follow(worker, payload.ticketId);
      if (['TIMED_OUT', 'CANCELLED'].includes(last?.standing)) {
        history.outcome = 'told';
        return undefined;
      }
      ({ lease, secret } = last ?? { lease: null, secret: null });
      aliveAt = undefined;
    }
    if (lease) {
      const key = secret ? worker.keyOf(secret) : lease.providerKey?.name;
      history.grants.push({ receivedAt: performance.now(), aliveAt, leaseId: lease.id, token: lease.fencingToken, key, secret: Boolean(secret) });
      return { id: lease.id, token: lease.fencingToken };
    }
    if (!worker.follows) await sleep(between(200, 500));
  }
  return undefined;
}

async function cancelled(worker: LeaseWorker, ticketId: string): Promise<boolean> {
  while (performance.now() < worker.deadline) {
    const answer = await ask(worker, CANCEL, { input: { ticketId } });
    if (answer) return answer.payload.errors.length === 0 && answer.payload.cancelledId !== null;
  }
  return false;
}

/** The first item that is not about waiting; undefined when the connection was lost before. */
async function follow({ urls, clientKey, deadline }: LeaseWorker, id: string): Promise<any> {
  const client = createClient({
    url: `${pick(urls).replace('http', 'ws')}/graphql`, lazy: true, retryAttempts: 0,
    webSocketImpl: class extends WebSocket {
      constructor(address: string, protocols: string | string[]) {
        super(address, protocols, { headers: { 'x-api-key': clientKey } });
      }
    },
  });
  const timer = setTimeout(() => client.terminate(), Math.max(0, deadline - performance.now()));
  try {
    for await (const { data, errors } of client.iterate<any>({ query: FOLLOW, variables: { id } })) {
      if (!data?.leaseRequestChanged || errors) return undefined;
      if (data.leaseRequestChanged.standing !== 'WAITING') return data.leaseRequestChanged;
    }
  } catch {
    await sleep(between(50, 150));
  } finally {
    clearTimeout(timer);
    void client.dispose();
  }
  return undefined;
}

/** Holds the lease for a while, with heartbeats. */
async function use(worker: LeaseWorker, history: RequestHistory, { id, token }: HeldLease, holdMs: number): Promise<void> {
  const until = performance.now() + holdMs;
  while (!history.outcome) {
    const answer = await ask(worker, BEAT, { input: { leaseId: id, fencingToken: token } });
    if (answer) {
      const counts = answer.payload.errors.length === 0;
      history.beats.push({ sentAt: answer.sentAt, receivedAt: answer.receivedAt, token, counts });
      if (!counts) history.outcome = 'lost';
    }
    const left = until - performance.now();
    if (left <= 0) return;
    await sleep(Math.min(left, BEAT_EVERY_MS));
    if (left <= BEAT_EVERY_MS) return;
  }
}

async function release(worker: LeaseWorker, history: RequestHistory, { id, token }: HeldLease): Promise<void> {
  while (performance.now() < worker.deadline) {
    const attempt: RequestHistory['releases'][number] = { sentAt: performance.now(), token };
    history.releases.push(attempt);
    const answer = await ask(worker, RELEASE, { input: { leaseId: id, fencingToken: token } });
    if (!answer) continue;
    attempt.receivedAt = answer.receivedAt;
    attempt.accepted = answer.payload.errors.length === 0;
    history.outcome = attempt.accepted ? 'released' : 'lost';
    return;
  }
}

/** One question to any of the servers; undefined, after a moment, when it was not answered or the answer was "not now". */
async function ask({ urls, clientKey }: LeaseWorker, query: string, variables: object): Promise<Answered | undefined> {
  const sentAt = performance.now();
  try {
    const response = await fetch(`${pick(urls)}/graphql`, {
      method: 'POST', headers: { 'content-type': 'application/json', 'x-api-key': clientKey }, body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(10_000),
    });
    const { data, errors = [] } = (await response.json()) as { data?: Record<string, any>; errors?: any[] };
    const payload = data && Object.values(data)[0];
    const passing = errors.length > 0 || payload?.errors.some(({ code }: { code: string }) => PASSING.includes(code));
    if (payload && !passing) return { payload, sentAt, receivedAt: performance.now() };
    const unforeseen = errors.filter(({ extensions }) => !PASSING.includes(extensions?.code));
    if (unforeseen.length > 0) throw new Unforeseen(JSON.stringify(unforeseen));
  } catch (error) {
    if (error instanceof Unforeseen) throw error;
  }
  await sleep(between(50, 150));
  return undefined;
}

/** An answer that no outage explains. */
class Unforeseen extends Error {}
