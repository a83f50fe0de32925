import { IsInt, Matches, Max, MaxLength, Min, MinLength } from 'class-validator';
import { Field, ID, InputType, Int, registerEnumType } from 'type-graphql';
import { OrderDirection } from '../../src/graphql/connection';
import { MutationInput } from '../../src/graphql/input';
import { DateTime } from '../../src/graphql/scalars';
import { IsAccessKey, IsConcurrencyLimit, IsKeyName, IsPriority, IsRpmLimit, IsSecret, IsTenantScope } from './rules';
import { PROVIDER } from './specification';
import { EXPIRY, LeaseOutcome, RPM_LIMIT } from './types';

const TENANT_SCOPE = 'Tenants that may use it, separated by commas, or `*` for all; without running the server one means one\'s own tenant.';
const TOKEN = /^[1-9][0-9]{0,14}$/;
const MAX_SECONDS = 3_600;
export const DEFAULT_TTL_SECONDS = 120;
export const DEFAULT_WAIT_SECONDS = 60;

@InputType({ description: 'A key to add to the pool of its vendor.' })
export class AddProviderKeyInput extends MutationInput {
  @Field(() => String, { description: 'The vendor: lower-case letters, digits and dashes.' })
  @Matches(PROVIDER)
  provider!: string;

  @Field(() => String, { description: 'Name, unique in the pool, 1 to 100 characters.' })
  @IsKeyName()
  name!: string;

  @Field(() => String, { description: 'The secret as the vendor gave it, 8 to 8,192 characters. It goes to the vault and nowhere else.' })
  @IsSecret()
  secret!: string;

  @Field(() => Int, { nullable: true, defaultValue: 1, description: 'Most leases at once.' })
  @IsConcurrencyLimit()
  concurrencyLimit?: number | null;

  @Field(() => Int, { nullable: true, description: RPM_LIMIT })
  @IsRpmLimit()
  rpmLimit?: number | null;

  @Field(() => Int, { nullable: true, defaultValue: 0, description: 'Keys of higher priority are used first.' })
  @IsPriority()
  priority?: number | null;

  @Field(() => String, { nullable: true, defaultValue: '*', description: TENANT_SCOPE })
  @IsTenantScope()
  tenantScope?: string | null;

  @Field(() => String, { nullable: true, description: 'Kling: the access key; `secret` is then the secret key.' })
  @IsAccessKey()
  accessKey?: string | null;

  @Field(() => DateTime, { nullable: true, description: EXPIRY })
  expiresAt?: Date | null;
}

/** Names one provider key; each mutation has an input of its own name. */
@InputType()
export class ProviderKeyInput extends MutationInput {
  @Field(() => ID, { description: 'The key.' })
  providerKeyId!: string;
}

@InputType({ description: 'What changes of a provider key. What is left out stays.' })
export class ChangeProviderKeyInput extends ProviderKeyInput {
  @Field(() => String, { nullable: true, description: 'New name, unique in the pool, 1 to 100 characters.' })
  @IsKeyName()
  name?: string | null;

  @Field(() => Int, { nullable: true, description: 'Most leases at once. Holders beyond a lower one keep what they have.' })
  @IsConcurrencyLimit()
  concurrencyLimit?: number | null;

  @Field(() => Int, { nullable: true, description: RPM_LIMIT })
  @IsRpmLimit()
  rpmLimit?: number | null;

  @Field(() => Int, { nullable: true, description: 'Keys of higher priority are used first.' })
  @IsPriority()
  priority?: number | null;

  @Field(() => String, { nullable: true, description: TENANT_SCOPE })
  @IsTenantScope()
  tenantScope?: string | null;

  @Field(() => DateTime, { nullable: true, description: EXPIRY })
  expiresAt?: Date | null;
}

@InputType({ description: 'Another secret in place of the one a provider key has.' })
export class RotateProviderKeyInput extends ProviderKeyInput {
  @Field(() => String, { description: 'The new secret as the vendor gave it, 8 to 8,192 characters.' })
  @IsSecret()
  secret!: string;

  @Field(() => String, { nullable: true, description: 'Kling: the new access key.' })
  @IsAccessKey()
  accessKey?: string | null;

  @Field(() => Boolean, { nullable: true, defaultValue: true, description: 'Whether leases with the old secret end now; their holders are told.' })
  revokeLeases?: boolean | null;
}

@InputType({ description: 'Which provider key is used no more.' })
export class DeactivateProviderKeyInput extends ProviderKeyInput {}

@InputType({ description: 'Which provider key is used again.' })
export class ActivateProviderKeyInput extends ProviderKeyInput {}

@InputType({ description: 'Which provider key need not rest any longer.' })
export class RecoverProviderKeyInput extends ProviderKeyInput {}

@InputType({ description: 'Which provider key rests, and for how long.' })
export class CoolDownProviderKeyInput extends ProviderKeyInput {
  @Field(() => Int, { description: 'From now on, 1 to 86,400. A rest that ends later stays as it is.' })
  @IsInt()
  @Min(1)
  @Max(86_400)
  seconds!: number;
}

@InputType({ description: 'Which provider key goes for good.' })
export class RemoveProviderKeyInput extends ProviderKeyInput {
  @Field(() => String, { description: 'The name of the key, typed.' })
  confirmation!: string;
}

/** Names one lease; each mutation has an input of its own name. */
@InputType()
class LeaseInput extends MutationInput {
  @Field(() => ID, { description: 'The lease.' })
  leaseId!: string;
}

@InputType({ description: 'Which lease to take away.' })
export class RevokeLeaseInput extends LeaseInput {}

@InputType({ description: 'What to lease, and how long to wait for it.' })
export class LeaseKeyInput {
  @Field(() => String, { description: 'The vendor.' })
  @Matches(PROVIDER)
  provider!: string;

  @Field(() => String, { description: 'Your name for this request, 1 to 200 characters. Asking again by it gives the same lease.' })
  @MinLength(1)
  @MaxLength(200)
  requestId!: string;

  @Field(() => Int, {
    nullable: true,
    defaultValue: DEFAULT_TTL_SECONDS,
    description: 'The lease expires when no heartbeat comes for this long, 5 to 3,600 seconds.',
  })
  @IsInt()
  @Min(5)
  @Max(MAX_SECONDS)
  ttlSeconds?: number | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: DEFAULT_WAIT_SECONDS,
    description: 'How long to wait in the queue, 0 to 3,600 seconds; 0: now or not at all.',
  })
  @IsInt()
  @Min(0)
  @Max(MAX_SECONDS)
  maxWaitSeconds?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'Repeating the request with the same key gives the same answer without the secret. To poll, repeat `requestId` alone.',
  })
  idempotencyKey?: string | null;
}

/** Names one lease as its holder does, who has its token. */
@InputType()
class HeldLeaseInput extends LeaseInput {
  @Field(() => String, { description: 'Its fencing token.' })
  @Matches(TOKEN)
  fencingToken!: string;
}

@InputType({ description: 'Which lease is still in use.' })
export class HeartbeatLeaseInput extends HeldLeaseInput {}

@InputType({ description: 'Which lease to give back.' })
export class ReleaseLeaseInput extends HeldLeaseInput {
  @Field(() => LeaseOutcome, { nullable: true, defaultValue: LeaseOutcome.OK, description: 'How the work ended.' })
  outcome?: LeaseOutcome | null;
}

@InputType({ description: 'Which place in a queue to give up.' })
export class CancelTicketInput extends MutationInput {
  @Field(() => ID, { description: 'The ticket: `ticketId` of what `leaseKey` answered.' })
  ticketId!: string;
}

@InputType({ description: 'Which pools to list; all that is given must hold.' })
export class KeyPoolFilter {
  @Field(() => String, { nullable: true, description: 'Text contained in the name of the vendor.' })
  @MaxLength(200)
  search?: string | null;
}

export enum KeyPoolOrderField {
  PROVIDER = 'provider',
  UPDATED_AT = 'updated_at',
}
registerEnumType(KeyPoolOrderField, {
  name: 'KeyPoolOrderField',
  description: 'What pools are ordered by.',
  valuesConfig: { PROVIDER: { description: 'The vendor.' }, UPDATED_AT: { description: 'When the pool last changed.' } },
});

@InputType({ description: 'Order of a list of pools.' })
export class KeyPoolOrder {
  @Field(() => KeyPoolOrderField, { description: 'What to order by.' })
  field!: KeyPoolOrderField;

  @Field(() => OrderDirection, { description: 'Which end comes first.' })
  direction!: OrderDirection;
}
