import { Arg, Ctx, FieldResolver, ID, Resolver, Root, Subscription } from 'type-graphql';
import { ID_OF_REQUEST, LeaseKeyPayload, LeaseRequestUpdate, SECRET_ONCE } from '../../schema/key-pool/types';
import type { Context } from '../../src/graphql/context';
import { fromGlobalId, toGlobalId } from '../../src/graphql/node';
import { Policy } from '../../src/graphql/policy';
import { callerIdOf } from '../../src/graphql/tenant';
import { tellSecret } from './lease-secret';
import { followRequest, type RequestUpdate } from './ticket-watch';

interface Subscribing {
  args: { ticketId: string };
  context: Context;
}

/** Follows the log and not the views, and hands the secret out: so it stands on the side of the commands. */
@Resolver(() => LeaseRequestUpdate)
export class LeaseRequests {
  @Subscription(() => LeaseRequestUpdate, {
    description: 'How one of your requests for a lease stands, until its lease has ended or it was given up. The first item says how it stands now.',
    subscribe: ({ args, context }: Subscribing) => followRequest(context, fromGlobalId(args.ticketId, 'WaitTicket'), callerIdOf(context)),
  })
  @Policy('leases:write')
  leaseRequestChanged(
    @Root() update: RequestUpdate,
    @Arg('ticketId', () => ID, { description: 'The request: `ticketId` of what `leaseKey` answered.' }) _ticketId: string,
  ): RequestUpdate {
    return update;
  }

  @FieldResolver(() => String, { nullable: true, description: SECRET_ONCE })
  async secret(@Root() { provider, lease, secretRef }: RequestUpdate, @Ctx() context: Context): Promise<string | null> {
    if (!lease || secretRef === undefined) return null;
    return tellSecret(context, { leaseId: lease.id, provider, token: lease.token, ttlMs: lease.ttlMs }, secretRef);
  }
}

/** What `leaseKey` answers: the lease, or the ticket of who has to wait. Nothing of it is secret. */
export type Leased =
  | { leaseId: string; ticketId: null; provider: string; keyId: string; holder: string; token: number; ttlMs: number; grantedAt: number; secretRef: string }
  | { leaseId: null; ticketId: string };

@Resolver(() => LeaseKeyPayload)
export class LeaseKeyAnswer {
  @FieldResolver(() => String, { nullable: true, description: SECRET_ONCE })
  async secret(@Root() leased: Partial<Leased>, @Ctx() context: Context): Promise<string | null> {
    // An answer that was kept has none.
    if (!leased.leaseId || !leased.secretRef) return null;
    const { leaseId, provider, token, ttlMs, secretRef } = leased as Extract<Leased, { leaseId: string }>;
    return tellSecret(context, { leaseId, provider, token, ttlMs }, secretRef);
  }

  @FieldResolver(() => ID, { nullable: true, description: ID_OF_REQUEST })
  ticketId(@Root() { leaseId, ticketId }: Partial<Leased>): string | null {
    const id = leaseId ?? ticketId;
    return id ? toGlobalId('WaitTicket', id) : null;
  }
}
