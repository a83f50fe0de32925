import { Arg, Args, Ctx, FieldResolver, ID, Int, Query, Resolver, Root, type ClassType } from 'type-graphql';
import { KeyPoolFilter, KeyPoolOrder, KeyPoolOrderField } from '../../schema/key-pool/inputs';
import {
  ActivateProviderKeyPayload, AddProviderKeyPayload, ChangeProviderKeyPayload, CoolDownProviderKeyPayload, DeactivateProviderKeyPayload,
  HeartbeatLeasePayload, KeyPool, KeyPoolConnection, Lease, LeaseKeyPayload, PLACE_IN_QUEUE, ProviderKey, RecoverProviderKeyPayload,
  ReleaseLeasePayload, RemoveProviderKeyPayload, RevokeLeasePayload, RotateProviderKeyPayload, WaitTicket,
} from '../../schema/key-pool/types';
import { runOfHolder } from '../../schema/run/holder';
import { Run } from '../../schema/run/types';
import { OrderDirection, PageArgs, readPage, type Page } from '../../src/graphql/connection';
import type { Context, LoaderDefinition } from '../../src/graphql/context';
import { registerNode, toGlobalId } from '../../src/graphql/node';
import { ownWrite } from '../../src/graphql/own-write';
import { Policy } from '../../src/graphql/policy';
import { DateTime } from '../../src/graphql/scalars';
import { containing, sql } from '../../src/graphql/sql';
import { tenantOf } from '../../src/graphql/tenant';
import { related } from '../related';
import { runById } from '../run/loaders';
import {
  capacityOfPool, grantsLastMinute, keyPoolById, keyPoolByProvider, keysOfPool, leaseById, leasesOfPool, permitsLastMinute, permitTimes,
  providerKeyById, queueOfPool, SHOWN, SHOWN_PERMITS, waitsOfPool, waitTicketById,
} from './loaders';
import { leaseOf, type Granted } from './lease-request';
import { toKeyPool, type KeyPoolRow } from './sql';

/** Points of figures that are reckoned from thousands of rows, and of a whole rate window. */
const WAITS_COST = 5;
const PERMITS_COST = 1;

readableNode('KeyPool', keyPoolById);
readableNode('ProviderKey', providerKeyById);
readableNode('Lease', leaseById);
readableNode('WaitTicket', waitTicketById);

function readableNode<Value extends object>(typeName: string, loader: LoaderDefinition<string, Value>): void {
  registerNode(typeName, 'pools:read', async (context, ids) => {
    await context.waitForViews('key_pools');
    return context.loader(loader).loadMany(ids) as Promise<(Value | undefined)[]>;
  });
}

@Resolver(() => KeyPool)
export class KeyPoolQueries {
  @Query(() => KeyPoolConnection, { description: 'The key pools, by vendor.' })
  @Policy('pools:read')
  async keyPools(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: Context,
    @Arg('filter', () => KeyPoolFilter, { nullable: true, description: 'Which pools.' }) filter?: KeyPoolFilter,
    @Arg('orderBy', () => KeyPoolOrder, { nullable: true, description: 'In which order.' }) orderBy?: KeyPoolOrder,
  ): Promise<Page<KeyPool>> {
    await context.waitForViews('key_pools');
    return readPage<KeyPoolRow, KeyPool>(context.db, {
      from: 'views.key_pools',
      key: 'id',
      where: [sql`tenant_id = ${tenantOf(context)}`, ...(filter?.search ? [sql`provider ilike ${containing(filter.search)}`] : [])],
      orderBy: { column: orderBy?.field ?? KeyPoolOrderField.PROVIDER, direction: orderBy?.direction ?? OrderDirection.ASC },
      toNode: toKeyPool,
    }, page);
  }

  @Query(() => KeyPool, { nullable: true, description: 'The pool of one vendor.' })
  @Policy('pools:read')
  async keyPool(
    @Arg('provider', () => String, { description: 'The vendor.' }) provider: string,
    @Ctx() context: Context,
  ): Promise<KeyPool | undefined> {
    await context.waitForViews('key_pools');
    return context.loader(keyPoolByProvider).load(provider);
  }

  @FieldResolver(() => Int, { description: 'Leases that the keys open to the tenant can carry at once, those of other tenants included.' })
  capacity(@Root() pool: KeyPool, @Ctx() context: Context): Promise<number | undefined> {
    return context.loader(capacityOfPool).load(pool.provider);
  }

  @FieldResolver(() => Int, { description: 'Requests of the tenant that were granted in the last 60 seconds.' })
  grantsLastMinute(@Root() pool: KeyPool, @Ctx() context: Context): Promise<number | undefined> {
    return context.loader(grantsLastMinute).load(pool.provider);
  }

  @FieldResolver(() => Int, {
    nullable: true, description: 'Half of the requests of the last 10 minutes waited no longer than this, in milliseconds; null without any.',
    complexity: WAITS_COST,
  })
  async waitP50Ms(@Root() pool: KeyPool, @Ctx() context: Context): Promise<number | undefined> {
    return (await context.loader(waitsOfPool).load(pool.provider))?.p50;
  }

  @FieldResolver(() => Int, {
    nullable: true, description: '95 of 100 requests of the last 10 minutes waited no longer than this, in milliseconds; null without any.',
    complexity: WAITS_COST,
  })
  async waitP95Ms(@Root() pool: KeyPool, @Ctx() context: Context): Promise<number | undefined> {
    return (await context.loader(waitsOfPool).load(pool.provider))?.p95;
  }

  @FieldResolver(() => [ProviderKey], { description: 'Keys of the tenant, the ones to use first in front.' })
  @Policy('pools:read')
  keys(@Root() pool: KeyPool, @Ctx() context: Context): Promise<ProviderKey[] | undefined> {
    return context.loader(keysOfPool).load(pool.provider);
  }

  @FieldResolver(() => [Lease], { description: `Leases that the tenant holds now, the newest ${SHOWN}.` })
  @Policy('pools:read')
  leases(@Root() pool: KeyPool, @Ctx() context: Context): Promise<Lease[] | undefined> {
    return context.loader(leasesOfPool).load(pool.provider);
  }

  @FieldResolver(() => [WaitTicket], { description: `Tickets of the tenant that wait, the first ${SHOWN}.` })
  @Policy('pools:read')
  queue(@Root() pool: KeyPool, @Ctx() context: Context): Promise<WaitTicket[] | undefined> {
    return context.loader(queueOfPool).load(pool.provider);
  }
}

@Resolver(() => ProviderKey)
export class ProviderKeyFields {
  @FieldResolver(() => Int, { description: 'Permits taken in the last 60 seconds: one by each grant, more by leases that asked for more.' })
  permitsLastMinute(@Root() key: ProviderKey, @Ctx() context: Context): Promise<number | undefined> {
    return context.loader(permitsLastMinute).load(key.id);
  }

  @FieldResolver(() => [DateTime], {
    description: `When the permits of the last 60 seconds were taken, oldest first: the rate window as it drains. At most ${SHOWN_PERMITS}.`,
    complexity: PERMITS_COST,
  })
  permitTimes(@Root() key: ProviderKey, @Ctx() context: Context): Promise<Date[] | undefined> {
    return context.loader(permitTimes).load(key.id);
  }
}

@Resolver(() => Lease)
export class LeaseFields {
  @FieldResolver(() => ProviderKey, {
    nullable: true, description: 'The key; null when it is of another tenant, which opened it to yours.',
  })
  @Policy('pools:read')
  providerKey(@Root() lease: Lease, @Ctx() context: Context): Promise<ProviderKey | undefined> {
    return context.loader(providerKeyById).load(lease.keyId);
  }

  @FieldResolver(() => Run, { nullable: true, description: 'The run it serves; null when somebody outside holds it.' })
  @Policy('runs:read')
  async run(@Root() { holder, position }: Lease, @Ctx() context: Context): Promise<Run | undefined> {
    const runId = runOfHolder(holder);
    return runId === undefined ? undefined : related(context, 'runs', runById, runId, position);
  }
}

/** What the mutations of `commands/key-pool` answer: ids, from which the payloads' objects are read. */
interface Changed {
  provider?: string;
  keyId?: string;
  leaseId?: string | null;
  ticketId?: string | null;
}

const changed = <Value>(context: Context, loader: LoaderDefinition<string, Value>, key: string | null | undefined): Promise<Value | null> =>
  ownWrite(context, 'key_pools', loader, key ?? undefined);

@Resolver(() => AddProviderKeyPayload)
export class AddProviderKeyPayloadFields {
  @FieldResolver(() => ProviderKey, { nullable: true, description: 'The new key.' })
  providerKey(@Root() { keyId }: Changed, @Ctx() context: Context): Promise<ProviderKey | null> {
    return changed(context, providerKeyById, keyId);
  }

  @FieldResolver(() => KeyPool, { nullable: true, description: 'Its pool.' })
  keyPool(@Root() { provider }: Changed, @Ctx() context: Context): Promise<KeyPool | null> {
    return changed(context, keyPoolByProvider, provider);
  }
}

/** The fields of a payload that shows a changed key. */
function changedKeyFields(Payload: ClassType): ClassType {
  @Resolver(() => Payload)
  class ChangedKeyFields {
    @FieldResolver(() => ProviderKey, { nullable: true, description: 'The changed key.' })
    providerKey(@Root() { keyId }: Changed, @Ctx() context: Context): Promise<ProviderKey | null> {
      return changed(context, providerKeyById, keyId);
    }

    @FieldResolver(() => KeyPool, { nullable: true, description: 'Its pool.' })
    keyPool(@Root() { provider }: Changed, @Ctx() context: Context): Promise<KeyPool | null> {
      return changed(context, keyPoolByProvider, provider);
    }
  }
  return ChangedKeyFields;
}

export const ChangeProviderKeyPayloadFields = changedKeyFields(ChangeProviderKeyPayload);
export const RotateProviderKeyPayloadFields = changedKeyFields(RotateProviderKeyPayload);
export const DeactivateProviderKeyPayloadFields = changedKeyFields(DeactivateProviderKeyPayload);
export const ActivateProviderKeyPayloadFields = changedKeyFields(ActivateProviderKeyPayload);
export const CoolDownProviderKeyPayloadFields = changedKeyFields(CoolDownProviderKeyPayload);
export const RecoverProviderKeyPayloadFields = changedKeyFields(RecoverProviderKeyPayload);

@Resolver(() => RemoveProviderKeyPayload)
export class RemoveProviderKeyPayloadFields {
  @FieldResolver(() => ID, { nullable: true, description: 'The key that is gone.' })
  removedId(@Root() { keyId }: Changed): string | null {
    return keyId === undefined ? null : toGlobalId('ProviderKey', keyId);
  }

  @FieldResolver(() => KeyPool, { nullable: true, description: 'The pool without it.' })
  keyPool(@Root() { provider }: Changed, @Ctx() context: Context): Promise<KeyPool | null> {
    return changed(context, keyPoolByProvider, provider);
  }
}

@Resolver(() => RevokeLeasePayload)
export class RevokeLeasePayloadFields {
  @FieldResolver(() => Lease, { nullable: true, description: 'The lease as it ended; null when it was another tenant\'s, on a key of yours.' })
  lease(@Root() { leaseId }: Changed, @Ctx() context: Context): Promise<Lease | null> {
    return changed(context, leaseById, leaseId);
  }

  @FieldResolver(() => KeyPool, { nullable: true, description: 'The pool without it.' })
  keyPool(@Root() { provider }: Changed, @Ctx() context: Context): Promise<KeyPool | null> {
    return changed(context, keyPoolByProvider, provider);
  }
}

@Resolver(() => LeaseKeyPayload)
export class LeaseKeyPayloadFields {
  @FieldResolver(() => Lease, { nullable: true, description: 'The lease.' })
  async lease(@Root() leased: Changed & Partial<Granted>, @Ctx() context: Context): Promise<Lease | null> {
    const { leaseId, token } = leased;
    if (!leaseId || context.minPosition === undefined) return null;
    // An answer that an earlier build kept names the lease only.
    return token === undefined ? changed(context, leaseById, leaseId) : leaseOf(context, leased as Granted, context.minPosition);
  }

  @FieldResolver(() => WaitTicket, { nullable: true, description: PLACE_IN_QUEUE })
  ticket(@Root() { ticketId }: Changed, @Ctx() context: Context): Promise<WaitTicket | null> {
    return changed(context, waitTicketById, ticketId);
  }
}

@Resolver(() => HeartbeatLeasePayload)
export class HeartbeatLeasePayloadFields {
  @FieldResolver(() => Lease, { nullable: true, description: 'The lease with its new end.' })
  lease(@Root() { leaseId }: Changed, @Ctx() context: Context): Promise<Lease | null> {
    return changed(context, leaseById, leaseId);
  }
}

@Resolver(() => ReleaseLeasePayload)
export class ReleaseLeasePayloadFields {
  @FieldResolver(() => KeyPool, { nullable: true, description: 'The pool without the lease.' })
  keyPool(@Root() { provider }: Changed, @Ctx() context: Context): Promise<KeyPool | null> {
    return changed(context, keyPoolByProvider, provider);
  }
}
