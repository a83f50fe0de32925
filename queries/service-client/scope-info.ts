import { scopes, type Scope } from '../../schema/access/scopes';
import type { ScopeInfo } from '../../schema/service-client/types';

/** What each right is for, as the table of rights has it. */
export function infoOf(given: readonly Scope[]): ScopeInfo[] {
  return given.map((scope) => ({ scope, about: scopes[scope].about }));
}
