import type { Scope } from '../access/scopes';

/** What no key gives: whoever finds one must neither take over the account nor make themselves further keys. */
const notForKeys: readonly Scope[] = ['account', 'clients:write'];

/** Of the rights that somebody has, those they may put on a key of their own. */
export function forOwnKey(held: readonly Scope[]): Scope[] {
  return held.filter((scope) => !notForKeys.includes(scope));
}
