import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { SetEntitlementsInput } from '../../schema/entitlement/inputs';
import type { Subject } from '../../schema/entitlement/subject';
import { EntitlementSubject, SetEntitlementsPayload } from '../../schema/entitlement/types';
import { RefusedError } from '../../schema/errors/catalogue';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { mutate } from '../../src/graphql/mutate';
import { fromGlobalId } from '../../src/graphql/node';
import type { MutationPayload } from '../../src/graphql/payload';
import { Policy } from '../../src/graphql/policy';
import { by } from '../user/by';
import { managedUser } from '../user/managed-user';
import { grant } from './grant';

@Resolver()
export class EntitlementMutations {
  @Mutation(() => SetEntitlementsPayload, {
    description: 'Grants models, services and features to your tenant, a tier or a user; effective on open sessions within a second.',
  })
  @Policy('entitlements:write')
  setEntitlements(
    @Arg('input', () => SetEntitlementsInput, { description: 'What, and to whom.' }) input: SetEntitlementsInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    const mutation = { name: 'setEntitlements', input, withAddress: true } as const;
    return mutate(context, mutation, (command) => set(context, command, input), (changed) => changed);
  }
}

/** What the payload reads its objects by. */
type Changed = { kind: string; name: string; tier: string | null };

async function set(
  context: Context, command: CommandContext, { models, services, features, ...input }: SetEntitlementsInput,
): Promise<CommandOutcome<Changed>> {
  const { subject, tier } = await subjectOf(context, command.tenant, input);
  const outcome = await grant(context, command, { subject, models, services, features });
  return outcome.accepted ? { ...outcome, answer: { ...subject, tier } } : outcome;
}

/**
 * @throws RefusedError E4003 when it is not said whose entitlements they are, E4041 for a user who is none of the tenant,
 *   B2003 for one above the caller
 */
async function subjectOf(
  context: Context, tenantId: string, { subjectKind, userId, tier }: Pick<SetEntitlementsInput, 'subjectKind' | 'userId' | 'tier'>,
): Promise<{ subject: Subject; tier: string | null }> {
  onlyWith(EntitlementSubject.USER, subjectKind, 'userId', userId);
  onlyWith(EntitlementSubject.TIER, subjectKind, 'tier', tier?.trim());
  switch (subjectKind) {
    case EntitlementSubject.TENANT: return { subject: { kind: 'tenant', name: tenantId }, tier: null };
    case EntitlementSubject.TIER: return { subject: { kind: 'tier', name: tier!.trim() }, tier: tier!.trim() };
    case EntitlementSubject.USER: {
      const id = fromGlobalId(userId!, 'User');
      return { subject: { kind: 'user', name: id }, tier: (await managedUser(context, id, by(context), 'userId')).tier };
    }
    default: return subjectKind satisfies never;
  }
}

function onlyWith(kind: EntitlementSubject, given: EntitlementSubject, field: 'userId' | 'tier', value: string | null | undefined): void {
  const wanted = kind === given;
  if (wanted === Boolean(value)) return;
  const message = wanted ? `Say whose: ${field} is missing.` : `${field} goes with another kind of subject.`;
  throw new RefusedError({ code: wanted ? 'E4003' : 'E4002', rule: 'entitlement_subject', message, path: [field] });
}
