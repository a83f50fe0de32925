import { randomBytes } from 'node:crypto';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { RefusedError } from '../../schema/errors/catalogue';
import { IssueKeyInput } from '../../schema/virtual-key/inputs';
import { parseMoney } from '../../schema/virtual-key/money';
import { IssueKeyPayload } from '../../schema/virtual-key/types';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { derivedId, mutate } from '../../src/graphql/mutate';
import { fromGlobalId } from '../../src/graphql/node';
import type { MutationPayload } from '../../src/graphql/payload';
import { Policy } from '../../src/graphql/policy';
import { requireModels } from '../entitlement/effective-of';
import { keyAlias, keyAliasId } from '../key-alias/decider';
import { userInTenant } from '../user/managed-user';
import { virtualKey } from './decider';
import { secretPlace } from './provisioning';

@Resolver()
export class VirtualKeyMutations {
  @Mutation(() => IssueKeyPayload, {
    description: 'Gives a user a key for AI models. The secret is shown this once; the key works as soon as it is active.',
  })
  @Policy('keys:write')
  issueKey(
    @Arg('input', () => IssueKeyInput, { description: 'For whom, and with which limits.' }) input: IssueKeyInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    const mutation = { name: 'issueKey', input, secretFields: ['secret'] };
    return mutate(context, mutation, (command) => issue(context, command, input), (issued) => issued);
  }
}

/**
 * Claims the alias, keeps the secret, then issues the key. Each step may be repeated with the same command, so a crash
 * in between is mended by sending the mutation again with its idempotency key.
 */
async function issue(
  context: Context, command: CommandContext, input: IssueKeyInput,
): Promise<CommandOutcome<{ keyId: string; secret: string }>> {
  const { commands, vault, setting } = context;
  const ownerId = fromGlobalId(input.ownerId, 'User');
  await ownerMayHaveKeys(context, command.tenant, ownerId, input.models);
  const keyId = derivedId(command, 'virtual key');
  const alias = input.keyAlias.trim();
  const aliasId = keyAliasId(vault.fingerprint, command.tenant, alias);
  const claim = await commands.execute(keyAlias, aliasId, { type: 'ClaimKeyAlias', keyId }, command);
  if (!claim.accepted) return claim;

  const secret = await keptSecret(context, command.tenant, keyId);
  return commands.execute(virtualKey, keyId, {
    type: 'IssueKey',
    request: {
      keyId,
      keyAlias: alias,
      ownerId,
      models: input.models,
      maxBudget: amount(input.maxBudget),
      budgetDuration: input.budgetDuration ?? null,
      rpmLimit: input.rpmLimit ?? null,
      tpmLimit: input.tpmLimit ?? null,
      maxParallelRequests: input.maxParallelRequests ?? null,
      duration: input.duration ?? null,
      lastFour: secret.slice(-4),
      fingerprint: vault.fingerprint('virtual-key', secret),
      secretRef: keyId,
      simulated: setting.simulatedLiteLlm,
    },
  }, command, () => ({ keyId, secret }));
}

async function ownerMayHaveKeys({ commands }: Context, tenantId: string, ownerId: string, models: readonly string[]): Promise<void> {
  const state = await userInTenant({ commands }, ownerId, tenantId, 'ownerId');
  if (!state.active) {
    throw new RefusedError({ code: 'B2001', rule: 'owner_deactivated', message: 'A deactivated user gets no keys.', path: ['ownerId'] });
  }
  await requireModels(commands, state, models, ['models']);
}

/** The secret that an earlier try of the same command has kept, or a new one. */
async function keptSecret({ vault }: Context, tenant: string, keyId: string): Promise<string> {
  const place = secretPlace(tenant, keyId);
  const kept = await vault.getSecret(place);
  if (kept !== undefined) return kept;
  const secret = `sk-${randomBytes(32).toString('base64url')}`;
  await vault.putSecret(place, secret);
  return secret;
}

function amount(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  const money = parseMoney(text);
  if (money === undefined) {
    const message = 'An amount is a decimal number from 0, for example 25 or 0.5.';
    throw new RefusedError({ code: 'V1001', rule: 'amount', message, path: ['maxBudget'] });
  }
  return money;
}
