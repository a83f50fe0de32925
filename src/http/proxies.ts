import ipaddr from 'ipaddr.js';

/** Whether what a hop says about the one before it is believed. */
export type Trusts = (address: string) => boolean;

/** @param places addresses and networks such as `10.0.0.0/8` @throws Error for anything else */
export function trustedProxies(places: readonly string[]): Trusts {
  const networks = places.map(parseNetwork);
  return (address) => {
    if (!ipaddr.isValid(address)) return false;
    const hop = ipaddr.process(address);
    return networks.some(([network, bits]) => network.kind() === hop.kind() && hop.match(network, bits));
  };
}

function parseNetwork(place: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  if (place.includes('/')) return ipaddr.parseCIDR(place);
  const address = ipaddr.process(place);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/**
 * Where a request came from: the nearest hop that is none of our proxies. Whatever stands before it in the header was
 * written by strangers.
 * @param forwarded `X-Forwarded-For`: every proxy appends whom it heard
 */
export function clientAddress(peer: string, forwarded: string | string[] | undefined, trusts: Trusts): string {
  const before = [forwarded ?? []].flat().join(',').split(',').map((hop) => hop.trim()).filter(Boolean).reverse();
  const hops = [peer, ...before];
  return hops.find((hop) => !trusts(hop)) ?? hops.at(-1)!;
}
