import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { IssueClientKeyInput, MAX_DAYS, RevokeClientKeyInput } from '../../schema/client-key/inputs';
import { IssueClientKeyPayload, RevokeClientKeyPayload } from '../../schema/client-key/types';
import { RefusedError } from '../../schema/errors/catalogue';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import { reach, scopesOf } from '../../src/graphql/access';
import type { Context } from '../../src/graphql/context';
import { derivedId, mutate } from '../../src/graphql/mutate';
import { fromGlobalId } from '../../src/graphql/node';
import type { MutationPayload } from '../../src/graphql/payload';
import { Policy } from '../../src/graphql/policy';
import { callerIdOf, callerOf, signedIn } from '../../src/graphql/tenant';
import { serviceClient, unknownServiceClient } from '../service-client/decider';
import { grantorOf } from '../service-client/grantor';
import { clientKey, type Owner } from './decider';
import { settleClientKey } from './standing';

const DAY_MS = 24 * 60 * 60_000;

@Resolver()
export class ClientKeyMutations {
  @Mutation(() => IssueClientKeyPayload, {
    description: 'Issues a key with which a program calls this API: for a service client, or for yourself. It is shown this once.',
  })
  @Policy('clients:write')
  issueClientKey(
    @Arg('input', () => IssueClientKeyInput, { description: 'For whom, and what it gives.' }) input: IssueClientKeyInput,
    @Ctx() context: Context,
  ): Promise<MutationPayload> {
    const mutation = { name: 'issueClientKey', input, secretFields: ['secret'], withAddress: true } as const;
    return mutate(context, mutation, (command) => issue(context, command, input), (issued) => issued);
  }

  @Mutation(() => RevokeClientKeyPayload, { description: 'Takes a key back: within a second it opens nothing, on open sockets either.' })
  @Policy('clients:write')
  revokeClientKey(
    @Arg('input', () => RevokeClientKeyInput, { description: 'Which key.' }) input: RevokeClientKeyInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'revokeClientKey', input, withAddress: true }, async (command) => {
      const keyId = fromGlobalId(input.keyId, 'ClientKey');
      const ownOnly = reach(callerOf(context), 'clients:write') !== 'tenant';
      const revoke = { type: 'RevokeClientKey', ...(ownOnly && { ownerId: callerIdOf(context) }) } as const;
      const outcome = await context.commands.execute(clientKey, keyId, revoke, command, () => ({ keyId }));
      if (outcome.accepted) await settleClientKey(context, keyId);
      return outcome;
    }, (changed) => changed);
  }
}

/**
 * Issues the key, then lets it work. When this is done again after a crash in between, the key that was issued is the
 * first one, which nobody has seen: then there is nothing to show, and it can be taken back.
 */
async function issue(
  context: Context, command: CommandContext, { clientId, name, scopes, expiresInDays }: IssueClientKeyInput,
): Promise<CommandOutcome<{ keyId: string; secret: string | null }>> {
  const { auth, commands } = context;
  const owner = typeof clientId === 'string' ? await serviceOwner(context, clientId) : ownOwner(context);
  const keyId = derivedId(command, 'client key');
  const secret = auth.clientKeys.generate();
  const fingerprint = auth.clientKeys.fingerprint(secret);
  const outcome = await commands.execute(clientKey, keyId, {
    type: 'IssueClientKey',
    key: {
      keyId, tenantId: command.tenant, name: name.trim(), lastFour: secret.slice(-4), fingerprint,
      expiresAt: new Date(context.now().getTime() + (expiresInDays ?? MAX_DAYS) * DAY_MS).toISOString(),
    },
    owner,
    scopes: scopes ?? undefined,
    grantor: scopesOf(context.principal),
  }, command, (state) => state);
  if (!outcome.accepted) return outcome;
  await settleClientKey(context, keyId);
  return { ...outcome, answer: { keyId, secret: outcome.answer.exists && outcome.answer.fingerprint === fingerprint ? secret : null } };
}

async function serviceOwner(context: Context, globalId: string): Promise<Owner> {
  grantorOf(context);
  const id = fromGlobalId(globalId, 'ServiceClient');
  const { state } = await context.commands.load(serviceClient, id);
  const isOurs = state.exists && !state.deleted && state.tenantId === callerOf(context).tenantId;
  if (!isOurs) throw new RefusedError(unknownServiceClient);
  return { kind: 'service', id, scopes: state.scopes };
}

function ownOwner(context: Context): Owner {
  return { kind: 'user', id: signedIn(context).userId };
}
