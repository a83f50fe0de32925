import { scopeNames, scopes, type Scope } from '../access/scopes';

/** What no key gives: whoever finds one must neither take over the account nor make themselves further keys. */
const notForKeys: readonly Scope[] = ['account', 'clients:write'];

/** Of the rights that somebody has, those they may put on a key of their own. */
export function forOwnKey(held: readonly Scope[]): Scope[] {
  return held.filter((scope) => !notForKeys.includes(scope));
}

/** Of the rights that somebody has, those they may give to a service client. */
export function forServiceClient(held: readonly Scope[]): Scope[] {
  return held.filter((scope) => scopes[scope].grantable);
}

/** Each once, in the order of the table of rights: two lists of the same rights are equal. */
export function inTableOrder(given: readonly Scope[]): Scope[] {
  return scopeNames.filter((scope) => given.includes(scope));
}
