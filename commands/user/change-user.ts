import type { Refusal } from '../../schema/errors/catalogue';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context, Role } from '../../src/graphql/context';
import { step } from '../../src/graphql/mutate';
import type { Sealed, Vault } from '../../src/vault/port';
import { existingIn, user, type By, type Existing, type Managed, type UserCommand, type UserState } from './decider';
import { changeStanding } from './office';
import { standingOf } from './standing';

/** How a user shall be. Omitted keeps, null clears; a name and a tier cannot be cleared. */
export interface Wanted {
  displayName?: string;
  organization?: string | null;
  note?: string | null;
  picture?: string | null;
  tier?: string;
  role?: Role;
}

type Services = Pick<Context, 'commands' | 'auth' | 'vault'>;

/**
 * Makes a user as they shall be. Judged as a whole before anything is done, so that no half of it stays behind.
 * @returns refused E4041 for nobody of the tenant, B2003 when `by` may not
 */
export async function changeUser(
  services: Services, command: CommandContext, userId: string, wanted: Wanted, by: By,
): Promise<CommandOutcome<{ userId: string }>> {
  const { commands, auth, vault } = services;
  const { state, position, revision } = await commands.load(user, userId);
  const planned = await commandsFor(vault, state, wanted, by);
  const refusal = firstRefusal(state, planned);
  if (refusal) return { accepted: false, refusal, position, revision };

  let outcome: CommandOutcome<{ userId: string }> = { accepted: true, answer: { userId }, position, revision };
  for (const each of planned) {
    outcome = each.type === 'AssignRole'
      ? await changeStanding(services, step(command, each.type), userId, each, by)
      : await executeManaged({ commands, auth }, step(command, each.type), userId, each);
    if (!outcome.accepted) return outcome;
  }
  return outcome;
}

/** Executes what does not touch office, and lets callers be judged by it at once, before the reactor would. */
export async function executeManaged(
  { commands, auth }: Pick<Services, 'commands' | 'auth'>, command: CommandContext, userId: string, managed: UserCommand,
): Promise<CommandOutcome<{ userId: string }>> {
  const outcome = await commands.execute(user, userId, managed, command, standingOf);
  if (!outcome.accepted) return outcome;
  await auth.standings.setUser(userId, outcome.answer, outcome.revision);
  return { ...outcome, answer: { userId } };
}

/** The commands that make a user as they shall be: none when they are so already. */
export async function commandsFor(vault: Vault, state: UserState, wanted: Wanted, by: By): Promise<(Managed & { by: By })[]> {
  const known = existingIn(state, by.tenantId);
  const { tier, role } = wanted;
  const changes = known ? await changesOf(vault, known, wanted) : {};
  const term = known?.term ?? 0;
  return [
    // First, because the list of owners may refuse it, which is not known before.
    ...(role !== undefined && role !== known?.role ? [{ type: 'AssignRole' as const, role, term, by }] : []),
    // For somebody unknown there is a command all the same, so that it is refused as such.
    ...(!known || Object.keys(changes).length > 0 ? [{ type: 'UpdateUser' as const, changes, by }] : []),
    ...(tier !== undefined && tier !== known?.tier ? [{ type: 'AssignTier' as const, tier, by }] : []),
  ];
}

/** Why one of the commands would be refused, executed one after the other. */
export function firstRefusal(state: UserState, planned: readonly UserCommand[]): Refusal | undefined {
  let now = state;
  for (const command of planned) {
    const decision = user.decide(now, command);
    if ('refusal' in decision) return decision.refusal;
    now = decision.events.reduce(user.evolve, now);
  }
  return undefined;
}

const texts = ['displayName', 'note', 'picture'] as const;

/** What differs from how the user is, sealed. */
export async function changesOf(
  vault: Vault, state: Existing, wanted: Pick<Wanted, 'displayName' | 'organization' | 'note' | 'picture'>,
): Promise<{ displayName?: Sealed; organization?: string | null; note?: Sealed | null; picture?: Sealed | null }> {
  const given = texts.filter((name) => wanted[name] !== undefined);
  const present = await Promise.all(given.map(async (name) => state[name] && (await vault.open(state.tenantId, [state[name]]))[0]));
  const changed = given
    .map((name, index) => ({ name, text: textOf(wanted[name]), now: present[index] ?? null }))
    .filter(({ text, now }) => text !== now);
  const sealed = await Promise.all(changed.map(async ({ name, text }) =>
    [name, text === null ? null : await vault.seal({ tenant: state.tenantId, subject: state.userId, field: name }, text)] as const));
  const organization = wanted.organization === undefined ? state.organization : textOf(wanted.organization);
  return { ...Object.fromEntries(sealed), ...(organization !== state.organization && { organization }) };
}

function textOf(text: string | null | undefined): string | null {
  return text?.trim() || null;
}
