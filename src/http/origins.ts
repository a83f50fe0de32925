import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { RefusedError } from '../../schema/errors/catalogue';

/** Judges the `Origin` header that browsers send and pages cannot change. */
export interface Origins {
  /** Whether pages of this origin may call. */
  allowsPage(origin: string): boolean;
  /**
   * For WebSocket upgrades: browsers always name an origin there, so none is as bad as a foreign one, unless the caller
   * proves by a header that no page can set that it is no browser.
   */
  allowsUpgrade(headers: Pick<IncomingHttpHeaders, 'origin' | 'authorization'> & { 'x-api-key'?: string | string[] }): boolean;
  /** For HTTP: callers that are no browsers name none. A page's request without one is told by `Sec-Fetch-Site`: only our own may. */
  allowsRequest(origin: string | undefined, fetchSite: string | undefined): boolean;
}

/** Names of this very machine: whoever opens one means the same server. */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** @param allowed addresses whose pages may call; one on the loopback stands for all its names */
export function originsOf(allowed: readonly string[]): Origins {
  const known = new Set(allowed.flatMap(namesOf));
  return {
    allowsPage: (origin) => known.has(origin),
    allowsUpgrade: ({ origin, authorization, 'x-api-key': apiKey }) =>
      (origin === undefined ? authorization !== undefined || apiKey !== undefined : known.has(origin)),
    allowsRequest: (origin, fetchSite = 'none') => (origin === undefined ? ['none', 'same-origin'].includes(fetchSite) : known.has(origin)),
  };
}

/** @throws RefusedError E4031 for a request that a page of another site has its visitor send */
export function requireAllowedOrigin(origins: Origins, { headers }: Pick<FastifyRequest, 'headers'>): void {
  const { origin, 'sec-fetch-site': site } = headers;
  if (origins.allowsRequest(origin, Array.isArray(site) ? site[0] : site)) return;
  throw new RefusedError({ code: 'E4031', rule: 'origin', message: 'Requests from this origin are not allowed.' });
}

function namesOf(address: string): string[] {
  const { protocol, hostname, port, origin } = new URL(address);
  return LOOPBACK.includes(hostname) ? LOOPBACK.map((name) => new URL(`${protocol}//${name}:${port}`).origin) : [origin];
}
