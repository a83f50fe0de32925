import type { RequestStanding } from '../../../../commands/key-pool/standing';
import { keyOf, type Pool } from './pool';
import { broken } from './violation';

/** A caller hears of its request what is so. */
export function judgeTold(pool: Pool, requestId: string, told: RequestStanding | undefined): void {
  const is = pool.requests.get(requestId)!;
  const secretRef = is.keyId === undefined ? undefined : keyOf(pool, is.keyId).secretRef;
  const right = told?.standing === is.standing && told.ticketId === is.ticketId && told.lease?.token === is.token && told.lease?.keyId === is.keyId
    && told.secretRef === secretRef;
  if (!right) broken(`told ${JSON.stringify(told)} where ${JSON.stringify(is)} is true`);
}
