import ipaddr from 'ipaddr.js';

/** The network an address is in, enough to tell places apart and too little to tell people apart; null for what is no address. */
export function maskedNetwork(address: string): string | null {
  if (!ipaddr.isValid(address)) return null;
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4'
    ? `${parsed.toString().split('.').slice(0, 3).join('.')}.x`
    : `${(parsed as ipaddr.IPv6).parts.slice(0, 3).map((part) => part.toString(16)).join(':')}:x`;
}
