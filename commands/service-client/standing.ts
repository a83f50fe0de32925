import type { ServiceClientStanding } from '../../src/auth/port';
import type { ServiceClient } from './decider';

/** What the client's keys are judged by. */
export function standingOf({ tenantId, scopes, deleted }: ServiceClient, revision: bigint): ServiceClientStanding {
  return { tenantId, scopes, deleted, revision };
}
