import type { IncomingHttpHeaders } from 'node:http';

/** Judges the `Origin` header that browsers send and pages cannot change. */
export interface Origins {
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
    allowsUpgrade: ({ origin, authorization, 'x-api-key': apiKey }) =>
      (origin === undefined ? authorization !== undefined || apiKey !== undefined : known.has(origin)),
    allowsRequest: (origin, fetchSite = 'none') => (origin === undefined ? ['none', 'same-origin'].includes(fetchSite) : known.has(origin)),
  };
}

function namesOf(address: string): string[] {
  const { protocol, hostname, port, origin } = new URL(address);
  return LOOPBACK.includes(hostname) ? LOOPBACK.map((name) => new URL(`${protocol}//${name}:${port}`).origin) : [origin];
}
