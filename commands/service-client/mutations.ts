import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { CreateServiceClientInput, DeleteServiceClientInput, UpdateServiceClientInput } from '../../schema/service-client/inputs';
import { CreateServiceClientPayload, DeleteServiceClientPayload, UpdateServiceClientPayload } from '../../schema/service-client/types';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { derivedId, mutate } from '../../src/graphql/mutate';
import { fromGlobalId } from '../../src/graphql/node';
import type { MutationPayload } from '../../src/graphql/payload';
import { Policy } from '../../src/graphql/policy';
import { serviceClient, type ServiceClientCommand } from './decider';
import { grantorOf } from './grantor';
import { settleServiceClient } from './standing';

@Resolver()
export class ServiceClientMutations {
  @Mutation(() => CreateServiceClientPayload, { description: 'Makes a service client; issue a key for it next.' })
  @Policy('clients:write')
  createServiceClient(
    @Arg('input', () => CreateServiceClientInput, { description: 'What it is called and may do.' }) input: CreateServiceClientInput,
    @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'createServiceClient', input, withAddress: true }, (command) => {
      const clientId = derivedId(command, 'service client');
      const { name, scopes } = input;
      return change(context, command, clientId, {
        type: 'CreateServiceClient', clientId, tenantId: command.tenant, name: name.trim(), scopes, grantor: grantorOf(context),
      });
    }, (changed) => changed);
  }

  @Mutation(() => UpdateServiceClientPayload, {
    description: 'Renames a service client or changes what it may do. Keys it has already lose what it loses and gain nothing new.',
  })
  @Policy('clients:write')
  updateServiceClient(
    @Arg('input', () => UpdateServiceClientInput, { description: 'Which one, and what.' }) input: UpdateServiceClientInput,
    @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'updateServiceClient', input, withAddress: true }, (command) =>
      change(context, command, fromGlobalId(input.clientId, 'ServiceClient'), {
        type: 'UpdateServiceClient', name: input.name?.trim(), scopes: input.scopes ?? undefined, grantor: grantorOf(context),
      }), (changed) => changed);
  }

  @Mutation(() => DeleteServiceClientPayload, { description: 'Ends a service client and all its keys, at once and for good.' })
  @Policy('clients:write')
  deleteServiceClient(
    @Arg('input', () => DeleteServiceClientInput, { description: 'Which one.' }) input: DeleteServiceClientInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'deleteServiceClient', input, withAddress: true }, (command) => {
      grantorOf(context);
      const clientId = fromGlobalId(input.clientId, 'ServiceClient');
      return change(context, command, clientId, { type: 'DeleteServiceClient', confirmation: input.confirmation });
    }, (changed) => changed);
  }
}

/** Executes a command on a service client and lets its keys feel it at once, before the reactor would. */
async function change(
  context: Context, command: CommandContext, clientId: string, what: ServiceClientCommand,
): Promise<CommandOutcome<{ clientId: string }>> {
  const outcome = await context.commands.execute(serviceClient, clientId, what, command, () => ({ clientId }));
  if (outcome.accepted) await settleServiceClient(context, clientId);
  return outcome;
}
