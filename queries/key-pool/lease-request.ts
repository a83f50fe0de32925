import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { Lease, LEASE_ONCE_GRANTED, LeaseRequestUpdate, PLACE_WHILE_WAITING, WaitTicket, type WaitReason } from '../../schema/key-pool/types';
import type { Context } from '../../src/graphql/context';
import { Policy } from '../../src/graphql/policy';
import { leaseById } from './loaders';
import { estimatedWait } from './ticket-watch';

/** What `commands/key-pool/ticket-watch.ts` tells of a request. */
interface Update {
  provider: string;
  ticketId: string;
  standing: string;
  waiting?: {
    ticket: { id: string; holder: string; enqueuedAt: number; deadline: number };
    place: number;
    reason: string;
    reopensAt: number | undefined;
  };
  position: bigint;
}

/** Standings of requests that never had a lease. */
const WITHOUT_LEASE = ['waiting', 'timedOut', 'cancelled'];

@Resolver(() => LeaseRequestUpdate)
export class LeaseRequestFields {
  @FieldResolver(() => WaitTicket, { nullable: true, description: PLACE_WHILE_WAITING })
  @Policy('leases:write')
  async ticket(@Root() { provider, waiting }: Update, @Ctx() context: Context): Promise<WaitTicket | null> {
    if (!waiting) return null;
    const { ticket: { id, holder, enqueuedAt, deadline }, place, reason, reopensAt } = waiting;
    return {
      id, provider, holder, place,
      reason: reason as WaitReason,
      enqueuedAt: new Date(enqueuedAt),
      deadline: new Date(deadline),
      retryAfterMs: reopensAt === undefined ? null : Math.max(0, reopensAt - context.now().getTime()),
      estimatedWaitMs: await estimatedWait(context, provider, id),
    };
  }

  @FieldResolver(() => Lease, { nullable: true, description: LEASE_ONCE_GRANTED })
  @Policy('leases:write')
  async lease(@Root() { ticketId, standing, position }: Update, @Ctx() context: Context): Promise<Lease | null> {
    if (WITHOUT_LEASE.includes(standing) || !(await context.live.waitFor(['key_pools'], position))) return null;
    return (await context.loader(leaseById).load(ticketId)) ?? null;
  }
}
