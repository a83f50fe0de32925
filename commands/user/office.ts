import type { CommandContext, CommandOutcome, CommandRuntime } from '../../src/command-runtime/port';
import type { Context, Role } from '../../src/graphql/context';
import { step } from '../../src/graphql/mutate';
import { changedMeanwhile, tenant } from '../tenant/decider';
import { termOfOffice, user, type By, type UserCommand, type UserState } from './decider';
import { standingOf } from './standing';

/** What changes the role or the activity of a user. */
export type StandingChange = { type: 'AssignRole'; role: Role } | { type: 'DeactivateUser' | 'ReactivateUser' | 'DeleteUser' };

type Services = Pick<Context, 'commands' | 'auth'>;

/** Others may change the same user at the same time; so often is their result looked at and judged anew. */
const TRIES = 5;

/**
 * Changes role or activity of a user, and with it the tenant's list of active owners, by which the last one is
 * protected. The list never names anybody who is no active owner: an owner leaves it before they lose office and joins it
 * after they have got it, both for the very term of theirs that was seen, so that nothing that comes late counts.
 */
export async function changeStanding(
  services: Services, command: CommandContext, userId: string, change: StandingChange, by: By,
): Promise<CommandOutcome<{ userId: string }>> {
  for (let tries = 1; ; tries++) {
    const outcome = await changeInTerm(services, command, userId, change, by);
    if (outcome.accepted || outcome.refusal.rule !== changedMeanwhile.rule || tries === TRIES) return outcome;
  }
}

async function changeInTerm(
  { commands, auth }: Services, command: CommandContext, userId: string, change: StandingChange, by: By,
): Promise<CommandOutcome<{ userId: string }>> {
  const { state } = await commands.load(user, userId);
  const wanted: UserCommand = { ...change, by, term: state.exists && !state.deleted ? state.term : 0 };
  const office = termOfOffice(state);
  if (office !== undefined && losesOffice(state, wanted)) {
    const removed = await commands.execute(
      tenant, by.tenantId, { type: 'RemoveOwner', userId, term: office }, step(command, `remove owner ${userId} ${office}`),
    );
    if (!removed.accepted) return removed;
  }
  const outcome = await commands.execute(user, userId, wanted, command, (now) => ({ standing: standingOf(now), office: termOfOffice(now) }));
  if (!outcome.accepted) return outcome;
  if (outcome.answer.office !== undefined) await addOwner(commands, command, userId, outcome.answer.office);
  await auth.standings.setUser(userId, outcome.answer.standing, outcome.revision);
  return { ...outcome, answer: { userId } };
}

function losesOffice(state: UserState, command: UserCommand): boolean {
  const decision = user.decide(state, command);
  return 'events' in decision && decision.events.length > 0 && termOfOffice(decision.events.reduce(user.evolve, state)) === undefined;
}

/** Puts an owner on the list, unless their term has ended meanwhile. */
export async function addOwner(commands: CommandRuntime, command: CommandContext, userId: string, term: number): Promise<void> {
  await commands.execute(tenant, command.tenant, { type: 'AddOwner', userId, term }, step(command, `add owner ${userId} ${term}`));
}
