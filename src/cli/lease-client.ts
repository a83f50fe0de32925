import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

/** A provider key leased over the public API. */
export interface ApiLease {
  keyName: string;
  release(): Promise<void>;
}

/** A caller that leases provider keys over GraphQL, as any program outside may. */
export interface LeaseClient {
  /** Waits for a key of a pool. @returns undefined when there was none in time. @throws Error when the server refuses for another reason */
  lease(provider: string, requestId: string): Promise<ApiLease | undefined>;
  close(): Promise<void>;
}

export interface LeaseClientOptions {
  /** Of the server, without a path. */
  url: string;
  /** Client key with the right to lease. */
  clientKey: string;
  waitSeconds: number;
  ttlSeconds: number;
}

interface LeaseFields {
  id: string;
  fencingToken: string;
  providerKey: { name: string } | null;
}

interface Payload {
  errors: { code: string; message: string }[];
}

interface Leased extends Payload {
  lease: LeaseFields | null;
  ticketId: string | null;
}

interface Update {
  standing: string;
  lease: LeaseFields | null;
}

const LEASE = 'lease { id fencingToken providerKey { name } }';
const LEASE_KEY = `mutation ($input: LeaseKeyInput!) { leaseKey(input: $input) { ${LEASE} ticketId errors { code message } } }`;
const RELEASE_LEASE = 'mutation ($input: ReleaseLeaseInput!) { releaseLease(input: $input) { errors { code message } } }';
const FOLLOW = `subscription ($ticketId: ID!) { leaseRequestChanged(ticketId: $ticketId) { standing ${LEASE} } }`;
/** No key came free in time. */
const NONE_FREE = 'E4291';
const OUT_OF_POINTS = 'cost_budget';
/** The key is another tenant's, which does not tell its name. */
const UNNAMED = 'unnamed';

/** The server closes a socket that says more than 20 things a second or follows more than 50, and the eleventh of one caller. */
const SOCKETS = 9;
const MESSAGES = 18;
const MESSAGES_MS = 1_050;

/** The headers go along with the upgrade: without an origin the server wants to know who asks before it talks. */
function socketWith(headers: Record<string, string>): new (address: string, protocols: string[]) => WebSocket {
  return class extends WebSocket {
    /** When the last messages left or will leave, oldest first. */
    readonly #sent: number[] = [];

    constructor(address: string, protocols: string[]) {
      super(address, protocols, { headers });
    }

    override send(data: string): void {
      const now = performance.now();
      const at = Math.max(now, (this.#sent.at(-MESSAGES) ?? -Infinity) + MESSAGES_MS);
      this.#sent.push(at);
      if (this.#sent.length > MESSAGES) this.#sent.shift();
      if (at === now) return super.send(data);
      setTimeout(() => this.readyState === WebSocket.OPEN && super.send(data), at - now);
    }
  };
}

interface CallError {
  message: string;
  extensions?: { rule?: string; retryAfterMs?: number };
}

/** A client of one server; its subscriptions share a few sockets. */
export function createLeaseClient({ url, clientKey, waitSeconds, ttlSeconds }: LeaseClientOptions): LeaseClient {
  const authorization = `Bearer ${clientKey}`;
  const webSocketImpl = socketWith({ authorization });
  const sockets = Array.from({ length: SOCKETS }, () => createClient({ url: `${url.replace(/^http/, 'ws')}/graphql`, webSocketImpl }));
  let followed = 0;

  /** Whoever has used up their points of cost waits until they have some again. */
  async function call<Data>(query: string, input: object): Promise<Data> {
    for (;;) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST', headers: { 'content-type': 'application/json', authorization }, body: JSON.stringify({ query, variables: { input } }),
      });
      const { data, errors } = (await response.json()) as { data?: Data; errors?: CallError[] };
      const { rule, retryAfterMs } = errors?.[0]?.extensions ?? {};
      if (rule !== OUT_OF_POINTS || retryAfterMs === undefined) {
        if (errors || !data) throw new Error(errors?.[0]?.message ?? `The server answered with status ${response.status}`);
        return data;
      }
      await sleep(retryAfterMs);
    }
  }

  /** The lease that a ticket turns into; undefined when it ends without one. */
  async function granted(ticketId: string): Promise<LeaseFields | undefined> {
    const socket = sockets[followed++ % SOCKETS]!;
    for await (const { data, errors } of socket.iterate<{ leaseRequestChanged: Update }>({ query: FOLLOW, variables: { ticketId } })) {
      if (errors || !data) throw new Error(errors?.[0]?.message ?? 'The subscription gave no data');
      const { standing, lease } = data.leaseRequestChanged;
      if (lease && standing === 'GRANTED') return lease;
      if (standing !== 'WAITING') return undefined;
    }
    return undefined;
  }

  async function release({ id, fencingToken }: LeaseFields): Promise<void> {
    const { releaseLease } = await call<{ releaseLease: Payload }>(RELEASE_LEASE, { leaseId: id, fencingToken });
    if (releaseLease.errors[0]) throw new Error(releaseLease.errors[0].message);
  }

  return {
    async lease(provider, requestId) {
      const { leaseKey } = await call<{ leaseKey: Leased }>(LEASE_KEY, { provider, requestId, maxWaitSeconds: waitSeconds, ttlSeconds });
      const [error] = leaseKey.errors;
      if (error?.code === NONE_FREE) return undefined;
      if (error) throw new Error(error.message);
      const lease = leaseKey.lease ?? (leaseKey.ticketId ? await granted(leaseKey.ticketId) : undefined);
      return lease && { keyName: lease.providerKey?.name ?? UNNAMED, release: () => release(lease) };
    },
    async close() {
      for (const socket of sockets) await socket.dispose();
    },
  };
}
