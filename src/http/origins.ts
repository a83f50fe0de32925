/** Judges the `Origin` header that browsers send and pages cannot change. */
export interface Origins {
  /** For WebSocket upgrades: browsers always name an origin there, so none is as bad as a foreign one. */
  allowsUpgrade(origin: string | undefined): boolean;
  /** For HTTP: callers that are no browsers name none. A cross-site request without one is told by `Sec-Fetch-Site`. */
  allowsRequest(origin: string | undefined, fetchSite: string | undefined): boolean;
}

/** @param allowed origins as browsers write them, `scheme://host[:port]` */
export function originsOf(allowed: readonly string[]): Origins {
  const known = new Set(allowed.map((origin) => new URL(origin).origin));
  return {
    allowsUpgrade: (origin) => origin !== undefined && known.has(origin),
    allowsRequest: (origin, fetchSite) => (origin === undefined ? fetchSite !== 'cross-site' : known.has(origin)),
  };
}
