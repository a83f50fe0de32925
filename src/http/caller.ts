import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { networkOf } from '../auth/throttle';
import type { Principal } from '../graphql/context';
import type { RequestFacts } from '../graphql/make-context';

const DEVICE_LENGTH = 300;

/** What the caller says to be. */
export function deviceOf(headers: Pick<IncomingHttpHeaders, 'user-agent'>): string {
  return (headers['user-agent'] ?? '').slice(0, DEVICE_LENGTH);
}

/** What every HTTP request says about itself and its caller. */
export function factsOf(
  { id: requestId, correlationId, ip: address, headers }: FastifyRequest, principal: Principal,
): Pick<RequestFacts, 'requestId' | 'correlationId' | 'principal' | 'address' | 'device'> {
  return { requestId, correlationId, principal, address, device: deviceOf(headers) };
}

/**
 * Whose budget pays: the person or the service client, or the network of somebody unknown, since a single customer has
 * more IPv6 addresses than anybody could remember.
 */
export function payerOf(principal: Principal, address: string): string {
  switch (principal.kind) {
    case 'user': return principal.userId;
    case 'service': return principal.clientId;
    case 'anonymous': return networkOf(address);
  }
}
