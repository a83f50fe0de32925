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
/** The key is another tenant's, which does not tell its name. */
const UNNAMED = 'unnamed';

/** The headers go along with the upgrade: without an origin the server wants to know who asks before it talks. */
function socketWith(headers: Record<string, string>): new (address: string, protocols: string[]) => WebSocket {
  return class extends WebSocket {
    constructor(address: string, protocols: string[]) {
      super(address, protocols, { headers });
    }
  };
}

/** A client of one server; its subscriptions share one socket. */
export function createLeaseClient({ url, clientKey, waitSeconds, ttlSeconds }: LeaseClientOptions): LeaseClient {
  const authorization = `Bearer ${clientKey}`;
  const socket = createClient({ url: `${url.replace(/^http/, 'ws')}/graphql`, webSocketImpl: socketWith({ authorization }) });

  async function call<Data>(query: string, input: object): Promise<Data> {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST', headers: { 'content-type': 'application/json', authorization }, body: JSON.stringify({ query, variables: { input } }),
    });
    const { data, errors } = (await response.json()) as { data?: Data; errors?: { message: string }[] };
    if (errors || !data) throw new Error(errors?.[0]?.message ?? `The server answered with status ${response.status}`);
    return data;
  }

  /** The lease that a ticket turns into; undefined when it ends without one. */
  async function granted(ticketId: string): Promise<LeaseFields | undefined> {
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
      await socket.dispose();
    },
  };
}
