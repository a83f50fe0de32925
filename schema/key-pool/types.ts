import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { changeOf } from '../../src/graphql/change';
import { connectionOf } from '../../src/graphql/connection';
import { Node } from '../../src/graphql/node';
import { MutationPayload } from '../../src/graphql/payload';
import { DateTime } from '../../src/graphql/scalars';

export enum WaitReason {
  TURN = 'turn',
  NO_KEYS = 'no_keys',
  RPM = 'rpm',
  CONCURRENCY = 'concurrency',
  CONCURRENCY_AND_RPM = 'concurrency_and_rpm',
  MIXED = 'mixed',
}
registerEnumType(WaitReason, {
  name: 'WaitReason',
  description: 'Why a ticket waits.',
  valuesConfig: {
    TURN: { description: 'Others who may use the same keys came first, or it is about to be served.' },
    NO_KEYS: { description: 'No key of the pool is for this tenant.' },
    RPM: { description: 'Keys have a free place, but all have used up their rate.' },
    CONCURRENCY: { description: 'Every place is taken.' },
    CONCURRENCY_AND_RPM: { description: 'Every place is taken and every rate used up.' },
    MIXED: { description: 'Some keys lack a place, the others the rate.' },
  },
});

export enum LeaseOutcome {
  OK = 'ok',
  ERROR = 'error',
}
registerEnumType(LeaseOutcome, {
  name: 'LeaseOutcome',
  description: 'How the work on a lease ended.',
  valuesConfig: { OK: { description: 'As intended.' }, ERROR: { description: 'It failed.' } },
});

export enum CoolDownReason {
  CREDENTIALS = 'credentials',
  QUOTA = 'quota',
  RATE = 'rate',
  OUTAGE = 'outage',
  BY_HAND = 'by_hand',
}
registerEnumType(CoolDownReason, {
  name: 'CoolDownReason',
  description: 'Why a provider key rests.',
  valuesConfig: {
    CREDENTIALS: { description: 'The vendor did not accept it.' },
    QUOTA: { description: 'What was paid for at the vendor is used up.' },
    RATE: { description: 'The vendor asked for fewer calls.' },
    OUTAGE: { description: 'The vendor failed several times in a row.' },
    BY_HAND: { description: 'Somebody said so.' },
  },
});

export enum LeaseState {
  ACTIVE = 'active',
  RELEASED = 'released',
  ERROR = 'error',
  EXPIRED = 'expired',
  REVOKED = 'revoked',
}
registerEnumType(LeaseState, {
  name: 'LeaseState',
  description: 'Whether a lease is held, and how it ended.',
  valuesConfig: {
    ACTIVE: { description: 'It is held.' },
    RELEASED: { description: 'Its holder gave it back.' },
    ERROR: { description: 'Its holder gave it back after a failure.' },
    EXPIRED: { description: 'No heartbeat came in time.' },
    REVOKED: { description: 'It was taken away.' },
  },
});

@ObjectType({ implements: Node, description: 'The keys towards one vendor, their leases, and who waits for one, as far as they concern one tenant.' })
export class KeyPool extends Node {
  @Field(() => String, { description: 'The vendor.' })
  provider!: string;

  @Field(() => Int, { description: 'Leases that the tenant holds now.' })
  activeLeases!: number;

  @Field(() => Int, { description: 'Tickets of the tenant that wait now.' })
  waiting!: number;

  @Field(() => Int, { description: 'Leases granted to the tenant so far.' })
  grantsTotal!: number;

  @Field(() => DateTime, { description: 'When it last changed.' })
  updatedAt!: Date;

  @Field(() => String, { description: 'Number of changes so far, from 0.' })
  revision!: string;
}

export const RPM_LIMIT = 'Most grants in any 60 seconds; null: no limit, 0: blocked.';
export const EXPIRY = 'From then on nothing is granted on it; null: never.';

@ObjectType({ implements: Node, description: 'A key towards a vendor. Its secret is in the vault.' })
export class ProviderKey extends Node {
  @Field(() => String, { description: 'Name, unique in its pool.' })
  name!: string;

  @Field(() => String, { description: 'The vendor.' })
  provider!: string;

  @Field(() => String, { description: 'Last four characters of the secret.' })
  lastFour!: string;

  @Field(() => Int, { description: 'Most leases at once.' })
  concurrencyLimit!: number;

  @Field(() => Int, { nullable: true, description: RPM_LIMIT })
  rpmLimit!: number | null;

  @Field(() => Int, { description: 'Keys of higher priority are used first.' })
  priority!: number;

  @Field(() => String, { description: 'Tenants that may use it, separated by commas, or `*` for all.' })
  tenantScope!: string;

  @Field(() => Boolean, { description: 'Whether it is in use; false once it was deactivated.' })
  active!: boolean;

  @Field(() => Int, { description: 'Leases that hold it now.' })
  activeLeases!: number;

  @Field(() => DateTime, { nullable: true, description: EXPIRY })
  expiresAt!: Date | null;

  @Field(() => DateTime, {
    nullable: true, description: 'It rests until then, because the vendor refused it or somebody said so; null when it does not rest.',
  })
  coolingDownUntil!: Date | null;

  @Field(() => CoolDownReason, { nullable: true, description: 'Why it rests; null when it does not.' })
  coolDownReason!: CoolDownReason | null;

  @Field(() => Boolean, { description: 'Whether it came from the configuration of the server, which may take it away again.' })
  specified!: boolean;

  @Field(() => DateTime, { description: 'When it last changed.' })
  updatedAt!: Date;
}

@ObjectType({ implements: Node, description: 'The right to use a provider key for a while.' })
export class Lease extends Node {
  /** Not shown by itself. */
  keyId!: string;

  @Field(() => String, { description: 'The vendor.' })
  provider!: string;

  @Field(() => String, { description: 'Who holds it.' })
  holder!: string;

  @Field(() => String, { description: 'Greater for every later lease of the pool. Whoever shows an older one has lost the key.' })
  fencingToken!: string;

  @Field(() => Int, { description: 'It expires when no heartbeat comes for this long.' })
  ttlSeconds!: number;

  @Field(() => DateTime, { description: 'When it was granted.' })
  grantedAt!: Date;

  @Field(() => DateTime, { description: 'When it expires unless a heartbeat comes; when it ended, once it has.' })
  expiresAt!: Date;

  @Field(() => LeaseState, { description: 'Whether it is still held.' })
  state!: LeaseState;

  @Field(() => DateTime, { description: 'When it was last said to be in use.' })
  lastHeartbeatAt!: Date;

  /** Of the event that last changed it. Not shown. */
  position!: bigint;
}

@ObjectType({ implements: Node, description: 'A place in the queue for a lease.' })
export class WaitTicket extends Node {
  @Field(() => String, { description: 'The vendor.' })
  provider!: string;

  @Field(() => String, { description: 'Who waits.' })
  holder!: string;

  @Field(() => Int, { description: 'Place in the queue of the whole pool, from 1.' })
  place!: number;

  @Field(() => WaitReason, { description: 'Why it waits.' })
  reason!: WaitReason;

  @Field(() => DateTime, { description: 'Since when it waits.' })
  enqueuedAt!: Date;

  @Field(() => Int, { nullable: true, description: 'Milliseconds until a rate window reopens or a key has rested enough; null when only a release can help.' })
  retryAfterMs!: number | null;

  @Field(() => Int, {
    nullable: true, description: 'About how long it will still wait, in milliseconds, from how long leases of this pool last; null when that is not known.',
  })
  estimatedWaitMs!: number | null;

  @Field(() => DateTime, { description: 'When it is given up.' })
  deadline!: Date;
}

export const { Connection: KeyPoolConnection, Edge: KeyPoolEdge } = connectionOf(KeyPool);
export const KeyPoolChange = changeOf(KeyPool, 'KeyPoolChange');

@ObjectType({ implements: MutationPayload, description: 'Answer of `addProviderKey`.' })
export class AddProviderKeyPayload extends MutationPayload {
  @Field(() => ProviderKey, { nullable: true, description: 'The new key.' })
  providerKey!: ProviderKey | null;

  @Field(() => KeyPool, { nullable: true, description: 'Its pool.' })
  keyPool!: KeyPool | null;
}

/** What mutations answer that change a provider key; each has a payload of its own name. */
@ObjectType({ implements: MutationPayload })
class ProviderKeyPayload extends MutationPayload {
  @Field(() => ProviderKey, { nullable: true, description: 'The changed key.' })
  providerKey!: ProviderKey | null;

  @Field(() => KeyPool, { nullable: true, description: 'Its pool.' })
  keyPool!: KeyPool | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `changeProviderKey`.' })
export class ChangeProviderKeyPayload extends ProviderKeyPayload {}

@ObjectType({ implements: MutationPayload, description: 'Answer of `rotateProviderKey`.' })
export class RotateProviderKeyPayload extends ProviderKeyPayload {}

@ObjectType({ implements: MutationPayload, description: 'Answer of `deactivateProviderKey`.' })
export class DeactivateProviderKeyPayload extends ProviderKeyPayload {}

@ObjectType({ implements: MutationPayload, description: 'Answer of `activateProviderKey`.' })
export class ActivateProviderKeyPayload extends ProviderKeyPayload {}

@ObjectType({ implements: MutationPayload, description: 'Answer of `coolDownProviderKey`.' })
export class CoolDownProviderKeyPayload extends ProviderKeyPayload {}

@ObjectType({ implements: MutationPayload, description: 'Answer of `recoverProviderKey`.' })
export class RecoverProviderKeyPayload extends ProviderKeyPayload {}

@ObjectType({ implements: MutationPayload, description: 'Answer of `removeProviderKey`.' })
export class RemoveProviderKeyPayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'The key that is gone.' })
  removedId!: string | null;

  @Field(() => KeyPool, { nullable: true, description: 'The pool without it.' })
  keyPool!: KeyPool | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `revokeLease`.' })
export class RevokeLeasePayload extends MutationPayload {
  @Field(() => Lease, { nullable: true, description: 'The lease as it ended; null when it was another tenant\'s, on a key of yours.' })
  lease!: Lease | null;

  @Field(() => KeyPool, { nullable: true, description: 'The pool without it.' })
  keyPool!: KeyPool | null;
}

export const SECRET_ONCE = 'Secret of the leased key: once, for whoever asked for the lease. Who has lost it releases the lease and asks anew.';
export const ID_OF_REQUEST = 'Id of the request: the ticket\'s, and later the lease\'s. Follow it with `leaseRequestChanged`.';
export const PLACE_IN_QUEUE = 'The place in the queue. Ask again with the same `requestId` to get the lease.';

@ObjectType({ implements: MutationPayload, description: 'Answer of `leaseKey`: a lease, or a ticket when it has to wait.' })
export class LeaseKeyPayload extends MutationPayload {
  @Field(() => Lease, { nullable: true, description: 'The lease.' })
  lease!: Lease | null;

  @Field(() => WaitTicket, { nullable: true, description: PLACE_IN_QUEUE })
  ticket!: WaitTicket | null;

  @Field(() => String, { nullable: true, description: SECRET_ONCE })
  secret!: string | null;

  @Field(() => ID, { nullable: true, description: ID_OF_REQUEST })
  ticketId!: string | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `cancelTicket`.' })
export class CancelTicketPayload extends MutationPayload {
  @Field(() => ID, {
    nullable: true, description: 'The ticket that no longer waits; null when it had been served before, so that there is a lease to release.',
  })
  cancelledId!: string | null;
}

export enum LeaseStanding {
  WAITING = 'waiting',
  GRANTED = 'granted',
  RELEASED = 'released',
  EXPIRED = 'expired',
  REVOKED = 'revoked',
  TIMED_OUT = 'timedOut',
  CANCELLED = 'cancelled',
}
registerEnumType(LeaseStanding, {
  name: 'LeaseStanding',
  description: 'How a request for a lease stands.',
  valuesConfig: {
    WAITING: { description: 'It waits in the queue.' },
    GRANTED: { description: 'It has a lease.' },
    RELEASED: { description: 'Its lease was given back.' },
    EXPIRED: { description: 'Its lease ended because no heartbeat came.' },
    REVOKED: { description: 'Its lease was taken away.' },
    TIMED_OUT: { description: 'Nothing became free within its wait limit.' },
    CANCELLED: { description: 'It was given up, or its place was taken away.' },
  },
});

export const PLACE_WHILE_WAITING = 'The place in the queue while it waits.';
export const LEASE_ONCE_GRANTED = 'The lease once there is one.';

@ObjectType({ description: 'How a request for a lease stands.' })
export class LeaseRequestUpdate {
  @Field(() => LeaseStanding, { description: 'Whether it waits, has a lease, or how it ended.' })
  standing!: LeaseStanding;

  @Field(() => WaitTicket, { nullable: true, description: PLACE_WHILE_WAITING })
  ticket!: WaitTicket | null;

  @Field(() => Lease, { nullable: true, description: LEASE_ONCE_GRANTED })
  lease!: Lease | null;

  @Field(() => String, { nullable: true, description: SECRET_ONCE })
  secret!: string | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `heartbeatLease`.' })
export class HeartbeatLeasePayload extends MutationPayload {
  @Field(() => Lease, { nullable: true, description: 'The lease with its new end.' })
  lease!: Lease | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `releaseLease`.' })
export class ReleaseLeasePayload extends MutationPayload {
  @Field(() => KeyPool, { nullable: true, description: 'The pool without the lease.' })
  keyPool!: KeyPool | null;
}
