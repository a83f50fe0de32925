import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { RefusedError, type Refusal } from '../../schema/errors/catalogue';
import { isLogoPath, readTenantConfiguration } from '../../schema/tenant/configuration';
import {
  ChangeBrandingInput, CreateTenantInput, ImportTenantInput, RemoveLogoInput, RenameTenantInput, ResumeTenantInput, SuspendTenantInput,
} from '../../schema/tenant/inputs';
import {
  ChangeBrandingPayload, CreateTenantPayload, ImportTenantPayload, RemoveLogoPayload, RenameTenantPayload, ResumeTenantPayload,
  SuspendTenantPayload,
} from '../../schema/tenant/types';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { mutate } from '../../src/graphql/mutate';
import { fromGlobalId } from '../../src/graphql/node';
import type { MutationPayload } from '../../src/graphql/payload';
import { Policy } from '../../src/graphql/policy';
import { configureTenant } from './configure';
import { createTenant } from './create-tenant';
import { tenant, unknownTenant, type TenantCommand } from './decider';
import { inTenant } from './in-tenant';
import { settleTenant } from './standing';
import { tenantIdOf } from './tenant-id';

/** What the payloads read their tenant by. */
type Changed = { tenantId: string };

@Resolver()
export class TenantMutations {
  @Mutation(() => CreateTenantPayload, {
    description: 'Makes a tenant of this server and its first owner, who chooses a password by the link.',
  })
  @Policy('tenants:manage')
  createTenant(
    @Arg('input', () => CreateTenantInput, { description: 'Which, and whose.' }) input: CreateTenantInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    const mutation = { name: 'createTenant', input, secretFields: ['passwordLink'], withAddress: true } as const;
    return mutate(context, mutation, (command) => createTenant(context, command, input), (created) => created);
  }

  @Mutation(() => RenameTenantPayload, { description: 'Gives your tenant another name.' })
  @Policy('tenant:write')
  renameTenant(
    @Arg('input', () => RenameTenantInput, { description: 'Which name.' }) input: RenameTenantInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return own(context, 'renameTenant', input, { type: 'RenameTenant', name: input.name.trim() });
  }

  @Mutation(() => ChangeBrandingPayload, { description: 'Changes how your tenant looks.' })
  @Policy('tenant:write')
  changeBranding(
    @Arg('input', () => ChangeBrandingInput, { description: 'What changes.' }) input: ChangeBrandingInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    const { pageTitle, browserTitle } = input;
    return own(context, 'changeBranding', input, { type: 'ChangeBranding', pageTitle: trimmed(pageTitle), browserTitle: trimmed(browserTitle) });
  }

  @Mutation(() => RemoveLogoPayload, { description: 'Takes the logo of your tenant away. A new one comes by `PUT /logo`.' })
  @Policy('tenant:write')
  removeLogo(
    @Arg('input', () => RemoveLogoInput, { description: 'Nothing.' }) input: RemoveLogoInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return own(context, 'removeLogo', input, { type: 'ChangeLogo', logo: null });
  }

  @Mutation(() => SuspendTenantPayload, {
    description: 'Shuts a tenant\'s people and programs out; their sessions, keys and sockets end within a second.',
  })
  @Policy('tenants:manage')
  suspendTenant(
    @Arg('input', () => SuspendTenantInput, { description: 'Which.' }) input: SuspendTenantInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    const { tenantId, confirmation } = input;
    return mutate(context, { name: 'suspendTenant', input, withAddress: true },
      (command) => changeState(context, command, fromGlobalId(tenantId, 'Tenant'), { type: 'SuspendTenant', confirmation }), (changed) => changed);
  }

  @Mutation(() => ResumeTenantPayload, { description: 'Lets the people and programs of a suspended tenant in again.' })
  @Policy('tenants:manage')
  resumeTenant(
    @Arg('input', () => ResumeTenantInput, { description: 'Which.' }) input: ResumeTenantInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'resumeTenant', input, withAddress: true },
      (command) => changeState(context, command, fromGlobalId(input.tenantId, 'Tenant'), { type: 'ResumeTenant' }), (changed) => changed);
  }

  @Mutation(() => ImportTenantPayload, {
    description: 'Makes a tenant as a configuration describes it; one that is not there yet is made without an owner.',
  })
  @Policy('tenants:manage')
  importTenant(
    @Arg('input', () => ImportTenantInput, { description: 'How it shall be.' }) input: ImportTenantInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'importTenant', input, withAddress: true }, (command) => importTenant(context, command, input),
      ({ tenantId, changes }) => ({ tenantId, changes: JSON.parse(changes) as string[] }));
  }
}

/** Executes a command on the caller's own tenant. */
function own(context: Context, name: string, input: object, change: TenantCommand): Promise<MutationPayload> {
  return mutate(context, { name, input, withAddress: true }, (command) =>
    context.commands.execute(tenant, command.tenant, change, command, (): Changed => ({ tenantId: command.tenant })), (changed) => changed);
}

async function changeState(
  context: Context, command: CommandContext, tenantId: string, change: Extract<TenantCommand, { type: 'SuspendTenant' | 'ResumeTenant' }>,
): Promise<CommandOutcome<Changed>> {
  // Asked first: nothing is sealed for a tenant that is none.
  const { state } = await context.commands.load(tenant, tenantId);
  if (!state.exists) throw new RefusedError(unknownTenant);
  const outcome = await context.commands.execute(tenant, tenantId, change, await inTenant(context, command, tenantId), () => ({ tenantId }));
  if (outcome.accepted) await settleTenant(context, tenantId);
  return outcome;
}

async function importTenant(
  context: Context, command: CommandContext, { configuration: given, dryRun }: ImportTenantInput,
): Promise<CommandOutcome<Changed & { changes: string }>> {
  const read = readTenantConfiguration(given);
  if ('faults' in read) throw new RefusedError(refusalOf(read.faults));
  const { configuration } = read;
  const tenantId = tenantIdOf(configuration.tenant_id);
  const logo = configuration.branding?.logo_path;
  if (typeof logo === 'string' && !isLogoPath(logo)) throw new RefusedError(noLogoFile);
  const outcome = await configureTenant(context, () => inTenant(context, command, tenantId), configuration, { dryRun });
  return outcome.accepted ? { ...outcome, answer: { tenantId, changes: JSON.stringify(outcome.answer.changes) } } : outcome;
}

/** A configuration that comes by itself has no files beside it. */
const noLogoFile: Refusal = {
  code: 'V1001', rule: 'logo_path', message: 'A logo is uploaded by PUT /logo; here stands where it is served, or null.',
  path: ['configuration', 'branding', 'logo_path'],
};

function refusalOf([first, ...more]: readonly { path: string; message: string }[]): Refusal {
  const refusal = ({ path, message }: { path: string; message: string }): Refusal => ({
    code: 'V1002', rule: 'tenant_configuration', message: path ? `${path}: ${message}` : message,
    path: ['configuration', ...(path ? path.split('.') : [])],
  });
  return { ...refusal(first!), others: more.map(refusal) };
}

function trimmed(text: string | null | undefined): string | null | undefined {
  return text?.trim() ?? text;
}
