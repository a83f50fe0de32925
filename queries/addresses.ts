import ipaddr from 'ipaddr.js';
import type { Context } from '../src/graphql/context';
import { sees } from './visibility';

/**
 * Whether the caller sees in full from where and by what device somebody came: those who manage people do, and everybody
 * does of themselves. A client key does not open its owner's account, so this is not among what it shows.
 */
export function seesWhereabouts(context: Pick<Context, 'principal'>, userId: string): boolean {
  return sees(context, 'users:write', userId) || sees(context, 'account', userId);
}

/** The network an address is in, enough to tell places apart and too little to tell people apart; null for what is no address. */
export function maskedNetwork(address: string): string | null {
  if (!ipaddr.isValid(address)) return null;
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4'
    ? `${parsed.toString().split('.').slice(0, 3).join('.')}.x`
    : `${(parsed as ipaddr.IPv6).parts.slice(0, 3).map((part) => part.toString(16)).join(':')}:x`;
}
