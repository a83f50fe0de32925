import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { Lease, LEASE_ONCE_GRANTED, LeaseRequestUpdate, LeaseState, PLACE_WHILE_WAITING, WaitTicket, type WaitReason } from '../../schema/key-pool/types';
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
  lease?: { keyId: string; holder: string; token: number; ttlMs: number; grantedAt: number };
  position: bigint;
}

/** A lease as the log knows it. */
export interface Granted {
  leaseId: string;
  provider: string;
  keyId: string;
  holder: string;
  token: number;
  ttlMs: number;
  /** Milliseconds since the epoch. */
  grantedAt: number;
}

/** Longest wait for the view: whoever was granted a key uses it, and must not lose it to a view that is behind. */
const VIEW_MS = 250;

/** A lease for its holder: by the view when that has come to `position`, else as it was granted. */
export async function leaseOf(context: Context, { leaseId, provider, keyId, holder, token, ttlMs, grantedAt }: Granted, position: bigint): Promise<Lease> {
  const seen = (await context.live.waitFor(['key_pools'], position, VIEW_MS)) ? await context.loader(leaseById).load(leaseId) : undefined;
  return seen ?? {
    id: leaseId, keyId, provider, holder, position,
    fencingToken: String(token),
    ttlSeconds: Math.round(ttlMs / 1_000),
    grantedAt: new Date(grantedAt),
    expiresAt: new Date(grantedAt + ttlMs),
    lastHeartbeatAt: new Date(grantedAt),
    state: LeaseState.ACTIVE,
  };
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
  async lease(@Root() { ticketId, provider, standing, lease, position }: Update, @Ctx() context: Context): Promise<Lease | null> {
    if (lease) return leaseOf(context, { leaseId: ticketId, provider, ...lease }, position);
    if (WITHOUT_LEASE.includes(standing) || !(await context.live.waitFor(['key_pools'], position))) return null;
    return (await context.loader(leaseById).load(ticketId)) ?? null;
  }
}
