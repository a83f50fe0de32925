import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { RefusedError, type Refusal } from '../../schema/errors/catalogue';
import {
  AddProviderKeyInput, DEFAULT_TTL_SECONDS, DEFAULT_WAIT_SECONDS, HeartbeatLeaseInput, LeaseKeyInput, ReleaseLeaseInput,
} from '../../schema/key-pool/inputs';
import {
  AddProviderKeyPayload, HeartbeatLeasePayload, LeaseKeyPayload, LeaseOutcome, ReleaseLeasePayload,
} from '../../schema/key-pool/types';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { derivedId, mutate } from '../../src/graphql/mutate';
import { fromGlobalId } from '../../src/graphql/node';
import type { MutationPayload } from '../../src/graphql/payload';
import { Policy } from '../../src/graphql/policy';
import { callerIdOf, tenantOf } from '../../src/graphql/tenant';
import { addProviderKey, secretPlace } from './add-provider-key';
import { keyPool, staleLease } from './decider';
import { beat, insertBeats } from './lease-beats';
import type { KeyPoolState, Lease } from './state';

@Resolver()
export class KeyPoolMutations {
  @Mutation(() => AddProviderKeyPayload, { description: 'Adds a key to the pool of its vendor; the first one makes the pool.' })
  @Policy('pools:write')
  addProviderKey(
    @Arg('input', () => AddProviderKeyInput, { description: 'The key.' }) input: AddProviderKeyInput,
    @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'addProviderKey', input }, (command) => {
      const { provider, name, secret, concurrencyLimit, rpmLimit, priority, tenantScope } = input;
      const key = {
        keyId: derivedId(command, 'provider-key'), provider, name, secret,
        concurrencyLimit: concurrencyLimit ?? 1, rpmLimit: rpmLimit ?? null, priority: priority ?? 0, tenantScope: scopeFor(context, tenantScope ?? EVERY_TENANT),
      };
      return addProviderKey(context, command, key, context.now().getTime());
    }, (changed) => changed);
  }

  @Mutation(() => LeaseKeyPayload, { description: 'Leases a key of a vendor, or takes a place in the queue for one.' })
  @Policy('leases:write')
  leaseKey(
    @Arg('input', () => LeaseKeyInput, { description: 'What, and how long to wait.' }) input: LeaseKeyInput,
    @Ctx() context: Context,
  ): Promise<MutationPayload> {
    const mutation = { name: 'leaseKey', input, secretFields: ['secret'] };
    return mutate(context, mutation, (command) => leaseKey(context, command, input), (leased) => leased);
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

const EVERY_TENANT = '*';

/**
 * Tenants that a key serves. Only whoever runs this server opens one to several; "all" of everybody else is their own, so
 * that no secret is leased out to strangers unawares.
 * @throws RefusedError E4031 rule `tenant_scope` for other tenants
 */
function scopeFor(context: Context, asked: string): string {
  const { principal } = context;
  if (principal.kind === 'user' && principal.operator) return asked;
  const own = tenantOf(context);
  if (asked.split(',').every((name) => [EVERY_TENANT, own].includes(name.trim()))) return own;
  throw new RefusedError({
    code: 'E4031', rule: 'tenant_scope', message: 'Only whoever runs this server can open a key to other tenants.', path: ['tenantScope'],
  });
}

/** What `leaseKey` answers: a lease with its secret, or a ticket. */
type Leased = { leaseId: string; ticketId: null; secret: string } | { leaseId: null; ticketId: string; secret: null };

const requestOver: Refusal = {
  code: 'E4091', rule: 'request_over', message: 'This request has ended; make a new one.', path: ['requestId'],
};

async function leaseKey(context: Context, command: CommandContext, input: LeaseKeyInput): Promise<CommandOutcome<Leased>> {
  const holder = callerIdOf(context);
  const { provider, ttlSeconds, maxWaitSeconds } = input;
  const requestId = `${holder}/${input.requestId}`;
  const outcome = await context.commands.execute(keyPool, provider, {
    type: 'RequestLease', ticketId: `${provider}/${derivedId(command, 'ticket')}`, requestId, tenant: tenantOf(context), holder,
    ttlMs: (ttlSeconds ?? DEFAULT_TTL_SECONDS) * 1_000, maxWaitMs: (maxWaitSeconds ?? DEFAULT_WAIT_SECONDS) * 1_000,
    now: context.now().getTime(),
  }, command, (state) => standing(state, requestId));
  if (!outcome.accepted) return outcome;

  const { position, revision, answer: { ticketId, lease, secretRef } } = outcome;
  const answered = (answer: Leased): CommandOutcome<Leased> => ({ accepted: true, answer, position, revision });
  if (ticketId) return answered({ ticketId, leaseId: null, secret: null });
  if (!lease || !secretRef) return { accepted: false, refusal: requestOver, position, revision };
  await insertBeats(context.db, [{ leaseId: lease.id, provider, token: lease.token, ttlMs: lease.ttlMs }]);
  const secret = await context.vault.getSecret(secretPlace(secretRef));
  if (secret === undefined) throw new Error(`The vault has no secret for provider key ${lease.keyId}`);
  return answered({ leaseId: lease.id, ticketId: null, secret });
}

/** How a request stands: it waits, holds a lease, or (none of these) is over. */
interface Standing {
  ticketId?: string;
  lease?: Lease;
  secretRef?: string;
}

function standing({ requests, tickets, leases, keys }: KeyPoolState, requestId: string): Standing {
  const id = requests.get(requestId);
  if (id === undefined) return {};
  const lease = leases.get(id);
  if (lease) return { lease, secretRef: keys.get(lease.keyId)?.secretRef };
  return tickets.has(id) ? { ticketId: id } : {};
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

/** A lease as its holder names it. Its id begins with the provider, which is the stream to look in. */
function claimOf(context: Context, input: { leaseId: string; fencingToken: string }) {
  const leaseId = fromGlobalId(input.leaseId, 'Lease');
  const held = { leaseId, token: Number(input.fencingToken), holder: callerIdOf(context), now: context.now().getTime() };
  return { provider: leaseId.slice(0, Math.max(0, leaseId.lastIndexOf('/'))), held };
}
