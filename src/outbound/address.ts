import ipaddr from 'ipaddr.js';

/**
 * - `public`: global unicast; - `private`: loopback and the private ranges, allowed where an operator configured such an address;
 * - `forbidden`: everything else, always (link-local, cloud metadata, multicast, reserved, addresses that embed another)
 */
export type AddressClass = 'public' | 'private' | 'forbidden';

const PRIVATE_RANGES = new Set(['loopback', 'private', 'uniqueLocal', 'carrierGradeNat']);
/** Metadata services that clouds put inside private ranges. */
const METADATA = new Set(['100.100.100.200', 'fd00:ec2::254']);
/** The only part of IPv6 that is assigned as global unicast; `ipaddr.js` also calls IPv4-compatible addresses (::/96) unicast. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/** @param address an IPv4 or IPv6 address without brackets; IPv4-mapped IPv6 is judged as the IPv4 address it is */
export function classifyAddress(address: string): AddressClass {
  // An IPv4 tail is normal only in IPv4-mapped addresses; `ipaddr.js` takes any other for one of those.
  if (!ipaddr.isValid(address) || (/:.*\./.test(address) && !/^::ffff:/i.test(address))) return 'forbidden';
  const parsed = ipaddr.process(address);
  if (METADATA.has(parsed.toString()) || (parsed instanceof ipaddr.IPv6 && parsed.zoneId)) return 'forbidden';
  const range = parsed.range();
  if (PRIVATE_RANGES.has(range)) return 'private';
  if (range !== 'unicast') return 'forbidden';
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_UNICAST) ? 'public' : 'forbidden';
}
