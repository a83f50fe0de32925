import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Refusal } from '../../schema/errors/catalogue';
import {
  CancelTicketInput, DEFAULT_TTL_SECONDS, DEFAULT_WAIT_SECONDS, HeartbeatLeaseInput, LeaseKeyInput, ReleaseLeaseInput,
} from '../../schema/key-pool/inputs';
import { CancelTicketPayload, HeartbeatLeasePayload, LeaseKeyPayload, LeaseOutcome, ReleaseLeasePayload } from '../../schema/key-pool/types';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { derivedId, mutate } from '../../src/graphql/mutate';
import { fromGlobalId } from '../../src/graphql/node';
import type { MutationPayload } from '../../src/graphql/payload';
import { Policy } from '../../src/graphql/policy';
import { callerIdOf, tenantOf } from '../../src/graphql/tenant';
import { keyPool, staleLease } from './decider';
import { beat } from './lease-beats';
import type { Leased } from './lease-request';
import { standingOf } from './standing';
import { ticketUnknown } from './ticket-watch';

@Resolver()
export class KeyPoolMutations {
  @Mutation(() => LeaseKeyPayload, { description: 'Leases a key of a vendor, or takes a place in the queue for one.' })
  @Policy('leases:write')
  leaseKey(
    @Arg('input', () => LeaseKeyInput, { description: 'What, and how long to wait.' }) input: LeaseKeyInput,
    @Ctx() context: Context,
  ): Promise<MutationPayload> {
    // A kept answer outlives what is known of the lease, so it leads to no secret.
    return mutate(context, { name: 'leaseKey', input, secretFields: ['secretRef'] }, (command) => leaseKey(context, command, input), (leased) => leased);
  }

  @Mutation(() => CancelTicketPayload, { description: 'Gives up a place in a queue. A request that is over already stays as it is.' })
  @Policy('leases:write')
  cancelTicket(
    @Arg('input', () => CancelTicketInput, { description: 'Which place.' }) input: CancelTicketInput,
    @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'cancelTicket', input }, (command) => cancelTicket(context, command, input.ticketId), (changed) => changed);
  }

  @Mutation(() => HeartbeatLeasePayload, { description: 'Says that a lease is still in use; it then lives for another TTL.' })
  @Policy('leases:write')
  heartbeatLease(
    @Arg('input', () => HeartbeatLeaseInput, { description: 'Which lease.' }) input: HeartbeatLeaseInput,
    @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'heartbeatLease', input }, (command) => heartbeatLease(context, command, input), (changed) => changed);
  }

  @Mutation(() => ReleaseLeasePayload, { description: 'Gives a leased key back; whoever waits for it is served at once.' })
  @Policy('leases:write')
  releaseLease(
    @Arg('input', () => ReleaseLeaseInput, { description: 'Which lease.' }) input: ReleaseLeaseInput,
    @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'releaseLease', input }, (command) => {
      const claim = claimOf(context, input);
      const release = { type: 'ReleaseLease' as const, ...claim.held, outcome: input.outcome ?? LeaseOutcome.OK };
      return context.commands.execute(keyPool, claim.provider, release, command, () => ({ provider: claim.provider }));
    }, (changed) => changed);
  }
}

const requestOver: Refusal = {
  code: 'E4091', rule: 'request_over', message: 'This request has ended; make a new one.', path: ['requestId'],
};

async function leaseKey(context: Context, command: CommandContext, input: LeaseKeyInput): Promise<CommandOutcome<Leased>> {
  const holder = callerIdOf(context);
  const { provider, ttlSeconds, maxWaitSeconds } = input;
  const limit = context.setting.waiting;
  const requestId = `${holder}/${input.requestId}`;
  const outcome = await context.commands.execute(keyPool, provider, {
    type: 'RequestLease', ticketId: `${provider}/${derivedId(command, 'ticket')}`, requestId, tenant: tenantOf(context), holder,
    ttlMs: (ttlSeconds ?? DEFAULT_TTL_SECONDS) * 1_000, maxWaitMs: (maxWaitSeconds ?? DEFAULT_WAIT_SECONDS) * 1_000,
    holderLimit: limit.caller, tenantLimit: limit.tenant, now: context.now().getTime(),
  }, command, (state) => standingOf(state, requestId));
  if (!outcome.accepted) return outcome;

  const { position, revision, answer: { standing, ticketId, lease, secretRef } } = outcome;
  const answered = (answer: Leased): CommandOutcome<Leased> => ({ accepted: true, answer, position, revision });
  if (standing === 'waiting' && ticketId !== undefined) return answered({ ticketId, leaseId: null });
  if (!lease || secretRef === undefined) return { accepted: false, refusal: requestOver, position, revision };
  const { id: leaseId, keyId, token, ttlMs, grantedAt } = lease;
  return answered({ leaseId, ticketId: null, provider, keyId, holder, token, ttlMs, grantedAt, secretRef });
}

async function cancelTicket(context: Context, command: CommandContext, id: string): Promise<CommandOutcome<{ cancelledId: string | null }>> {
  const ticketId = fromGlobalId(id, 'WaitTicket');
  const holder = callerIdOf(context);
  const cancel = { type: 'CancelTicket' as const, ticketId, holder, now: context.now().getTime() };
  const outcome = await context.commands.execute(keyPool, providerOf(ticketId), cancel, command, ({ leases, ended }) => {
    const lease = leases.get(ticketId);
    return { isOwn: (lease ?? ended.get(ticketId))?.holder === holder, isServed: lease !== undefined };
  });
  if (!outcome.accepted) return outcome;
  const { answer: { isOwn, isServed }, ...place } = outcome;
  // Of the requests of others nobody learns anything, not even that they are over.
  return isOwn ? { ...place, answer: { cancelledId: isServed ? null : id } } : { ...place, accepted: false, ...ticketUnknown };
}

async function heartbeatLease(
  context: Context, command: CommandContext, input: HeartbeatLeaseInput,
): Promise<CommandOutcome<{ leaseId: string }>> {
  const { provider, held } = claimOf(context, input);
  const { leaseId, token } = held;
  const heartbeat = { type: 'HeartbeatLease' as const, ...held };
  const outcome = await context.commands.execute(keyPool, provider, heartbeat, command, ({ leases }) => leases.get(leaseId)?.ttlMs);
  if (!outcome.accepted) return outcome;
  const { position, revision, answer: ttlMs } = outcome;
  const counts = ttlMs !== undefined && (await beat(context.db, { leaseId, provider, token, ttlMs }));
  const place = { position, revision };
  return counts ? { accepted: true, answer: { leaseId }, ...place } : { accepted: false, ...staleLease(token), ...place };
}

/** A lease as its holder names it. */
function claimOf(context: Context, input: { leaseId: string; fencingToken: string }) {
  const leaseId = fromGlobalId(input.leaseId, 'Lease');
  const held = { leaseId, token: Number(input.fencingToken), holder: callerIdOf(context), now: context.now().getTime() };
  return { provider: providerOf(leaseId), held };
}

/** Ids of leases and tickets begin with the provider, which is the stream to look in. */
const providerOf = (id: string): string => id.slice(0, Math.max(0, id.lastIndexOf('/')));
