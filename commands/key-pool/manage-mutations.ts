import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { RefusedError } from '../../schema/errors/catalogue';
import { klingSecret } from '../../schema/key-pool/credentials';
import {
  ActivateProviderKeyInput, AddProviderKeyInput, ChangeProviderKeyInput, CoolDownProviderKeyInput, DeactivateProviderKeyInput,
  RecoverProviderKeyInput, RemoveProviderKeyInput, RevokeLeaseInput, RotateProviderKeyInput,
} from '../../schema/key-pool/inputs';
import {
  ActivateProviderKeyPayload, AddProviderKeyPayload, ChangeProviderKeyPayload, CoolDownProviderKeyPayload, DeactivateProviderKeyPayload,
  RecoverProviderKeyPayload, RemoveProviderKeyPayload, RevokeLeasePayload, RotateProviderKeyPayload,
} from '../../schema/key-pool/types';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { derivedId, mutate } from '../../src/graphql/mutate';
import { fromGlobalId } from '../../src/graphql/node';
import type { MutationPayload } from '../../src/graphql/payload';
import { Policy } from '../../src/graphql/policy';
import { tenantOf } from '../../src/graphql/tenant';
import { notCleared } from '../not-cleared';
import { addProviderKey } from './add-provider-key';
import { keyPool, type KeyPoolCommand } from './decider';
import { manageKey, removeProviderKey, rotateProviderKey, type KeyPlace } from './manage-keys';

@Resolver()
export class KeyPoolAdministration {
  @Mutation(() => AddProviderKeyPayload, { description: 'Adds a key to the pool of its vendor; the first one makes the pool.' })
  @Policy('pools:write')
  addProviderKey(
    @Arg('input', () => AddProviderKeyInput, { description: 'The key.' }) input: AddProviderKeyInput,
    @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'addProviderKey', input }, async (command) => {
      await requireRoomFor(context, input.provider);
      const { provider, name, concurrencyLimit, rpmLimit, priority, tenantScope, expiresAt } = input;
      const key = {
        keyId: derivedId(command, 'provider-key'), provider, name: name.trim(), secret: secretOf(provider, input),
        concurrencyLimit: concurrencyLimit ?? 1, rpmLimit: rpmLimit ?? null, priority: priority ?? 0,
        tenantScope: scopeFor(context, tenantScope ?? EVERY_TENANT), expiresAt: expiresAt?.getTime() ?? null,
      };
      return addProviderKey(context, command, key, context.now().getTime());
    }, (changed) => changed);
  }

  @Mutation(() => ChangeProviderKeyPayload, { description: 'Changes limits, scope, name or expiry of a provider key. What is left out stays.' })
  @Policy('pools:write')
  changeProviderKey(
    @Arg('input', () => ChangeProviderKeyInput, { description: 'Which key, and what.' }) input: ChangeProviderKeyInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'changeProviderKey', input }, async (command) => {
      notCleared(input, ['name', 'concurrencyLimit', 'priority', 'tenantScope']);
      const { name, concurrencyLimit, rpmLimit, priority, tenantScope, expiresAt } = input;
      return manage(context, command, input, {
        type: 'ChangeProviderKey', name: name?.trim(), concurrencyLimit: concurrencyLimit ?? undefined, rpmLimit, priority: priority ?? undefined,
        tenantScope: tenantScope ? scopeFor(context, tenantScope) : undefined, expiresAt: expiresAt && expiresAt.getTime(),
      });
    }, (changed) => changed);
  }

  @Mutation(() => RotateProviderKeyPayload, { description: 'Gives a provider key another secret. Leases from now on get it.' })
  @Policy('pools:write')
  rotateProviderKey(
    @Arg('input', () => RotateProviderKeyInput, { description: 'Which key, and what.' }) input: RotateProviderKeyInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'rotateProviderKey', input }, async (command) => {
      const place = await placeOf(context, input);
      return rotateProviderKey(context, command, place, {
        secret: secretOf(place.provider, input), revokeLeases: input.revokeLeases ?? true, now: context.now().getTime(),
      });
    }, (changed) => changed);
  }

  @Mutation(() => DeactivateProviderKeyPayload, { description: 'Grants nothing more on a provider key. Leases that hold it go on.' })
  @Policy('pools:write')
  deactivateProviderKey(
    @Arg('input', () => DeactivateProviderKeyInput, { description: 'Which key.' }) input: DeactivateProviderKeyInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'deactivateProviderKey', input },
      (command) => manage(context, command, input, { type: 'DeactivateProviderKey', reason: 'by_hand' }), (changed) => changed);
  }

  @Mutation(() => ActivateProviderKeyPayload, { description: 'Takes a deactivated provider key back into use.' })
  @Policy('pools:write')
  activateProviderKey(
    @Arg('input', () => ActivateProviderKeyInput, { description: 'Which key.' }) input: ActivateProviderKeyInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'activateProviderKey', input },
      (command) => manage(context, command, input, { type: 'ActivateProviderKey' }), (changed) => changed);
  }

  @Mutation(() => CoolDownProviderKeyPayload, { description: 'Gives a provider key a rest. Leases that hold it go on.' })
  @Policy('pools:write')
  coolDownProviderKey(
    @Arg('input', () => CoolDownProviderKeyInput, { description: 'Which key, and how long.' }) input: CoolDownProviderKeyInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'coolDownProviderKey', input }, (command) => {
      const now = context.now().getTime();
      return manage(context, command, input, { type: 'CoolDownProviderKey', until: now + input.seconds * 1_000, reason: 'by_hand' }, now);
    }, (changed) => changed);
  }

  @Mutation(() => RecoverProviderKeyPayload, { description: 'Ends the rest of a provider key.' })
  @Policy('pools:write')
  recoverProviderKey(
    @Arg('input', () => RecoverProviderKeyInput, { description: 'Which key.' }) input: RecoverProviderKeyInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'recoverProviderKey', input },
      (command) => manage(context, command, input, { type: 'RecoverProviderKey' }), (changed) => changed);
  }

  @Mutation(() => RemoveProviderKeyPayload, { description: 'Removes a provider key and its secret for good. Leases must not hold it any more.' })
  @Policy('pools:write')
  removeProviderKey(
    @Arg('input', () => RemoveProviderKeyInput, { description: 'Which key.' }) input: RemoveProviderKeyInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'removeProviderKey', input }, async (command) =>
      removeProviderKey(context, command, await placeOf(context, input), input.confirmation, context.now().getTime()), (changed) => changed);
  }

  @Mutation(() => RevokeLeasePayload, { description: 'Takes a lease away: one of your tenant, or one on a key of your tenant. Its holder is told.' })
  @Policy('pools:write')
  revokeLease(
    @Arg('input', () => RevokeLeaseInput, { description: 'Which lease.' }) input: RevokeLeaseInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'revokeLease', input }, (command) => {
      const leaseId = fromGlobalId(input.leaseId, 'Lease');
      const provider = leaseId.slice(0, Math.max(0, leaseId.lastIndexOf('/')));
      const revoke = { type: 'RevokeLease' as const, leaseId, tenant: command.tenant, now: context.now().getTime() };
      return context.commands.execute(keyPool, provider, revoke, command, () => ({ provider, leaseId }));
    }, (changed) => changed);
  }
}

/** Most pools that a tenant has keys or requests in before it makes a further one: every server looks after every pool all the time. */
const POOL_LIMIT = 100;

/**
 * Of those that are made at the same moment some more may pass.
 * @throws RefusedError B2001 rule `too_many_pools` for a further pool of a tenant that has POOL_LIMIT
 */
async function requireRoomFor(context: Context, provider: string): Promise<void> {
  await context.waitForViews('key_pools');
  const pools = await context.db.query<{ provider: string }>('select provider from views.key_pools where tenant_id = $1', [tenantOf(context)]);
  if (pools.length < POOL_LIMIT || pools.some((pool) => pool.provider === provider)) return;
  throw new RefusedError({
    code: 'B2001', rule: 'too_many_pools', message: `A tenant has at most ${POOL_LIMIT} pools.`, path: ['provider'], details: { limit: POOL_LIMIT },
  });
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

/** The secret as the vault keeps it. @throws RefusedError V1001 rule `access_key` for an access key of anybody but Kling */
function secretOf(provider: string, { secret, accessKey }: { secret: string; accessKey?: string | null }): string {
  if (accessKey === undefined || accessKey === null) return secret;
  if (/^kling(-|$)/.test(provider)) return klingSecret(accessKey, secret);
  throw new RefusedError({ code: 'V1001', rule: 'access_key', message: 'Only keys of Kling have an access key.', path: ['accessKey'] });
}

type ManagingCommand = Extract<KeyPoolCommand, {
  type: 'ChangeProviderKey' | 'DeactivateProviderKey' | 'ActivateProviderKey' | 'CoolDownProviderKey' | 'RecoverProviderKey';
}>;
/** A command about a key, without what every one of them says. */
type About<Command> = Command extends unknown ? Omit<Command, 'keyId' | 'owner' | 'now'> : never;

async function manage(
  context: Context, command: CommandContext, input: { providerKeyId: string }, what: About<ManagingCommand>, now = context.now().getTime(),
): Promise<CommandOutcome<Answer>> {
  const place = await placeOf(context, input);
  return manageKey(context, command, place, { ...what, keyId: place.keyId, owner: command.tenant, now });
}

/** Ids, by which the payload's objects are read. */
type Answer = KeyPlace & Record<string, string>;

/**
 * In which pool a key of the caller's tenant is.
 * @throws RefusedError E4041 rule `provider_key_unknown` when there is no such key
 */
async function placeOf(context: Context, { providerKeyId }: { providerKeyId: string }): Promise<KeyPlace> {
  const keyId = fromGlobalId(providerKeyId, 'ProviderKey');
  await context.waitForViews('key_pools');
  const [row] = await context.db.query<{ provider: string }>(
    'select provider from views.provider_keys where tenant_id = $1 and id = $2', [tenantOf(context), keyId]);
  if (row) return { provider: row.provider, keyId };
  throw new RefusedError({ code: 'E4041', rule: 'provider_key_unknown', message: 'There is no such key.', path: ['providerKeyId'] });
}
