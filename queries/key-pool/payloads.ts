import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import {
  AddProviderKeyPayload, HeartbeatLeasePayload, KeyPool, Lease, LeaseKeyPayload, ProviderKey, ReleaseLeasePayload, WaitTicket,
} from '../../schema/key-pool/types';
import type { Context, LoaderDefinition } from '../../src/graphql/context';
import { ownWrite } from '../../src/graphql/own-write';
import { keyPoolByProvider, leaseById, providerKeyById, waitTicketById } from './loaders';

/** What `commands/key-pool/mutations.ts` answers: ids, from which the payloads' objects are read. */
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

@Resolver(() => LeaseKeyPayload)
export class LeaseKeyPayloadFields {
  @FieldResolver(() => Lease, { nullable: true, description: 'The lease.' })
  lease(@Root() { leaseId }: Changed, @Ctx() context: Context): Promise<Lease | null> {
    return changed(context, leaseById, leaseId);
  }

  @FieldResolver(() => WaitTicket, { nullable: true, description: 'The place in the queue. Ask again with the same `requestId` to get the lease.' })
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
