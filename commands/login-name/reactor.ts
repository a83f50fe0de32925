import { loginNameEvents } from '../../schema/login-name/events';
import { userEvents } from '../../schema/user/events';
import type { Auth } from '../../src/auth/port';
import { streamOf } from '../../src/command-runtime/aggregate';
import type { CommandRuntime } from '../../src/command-runtime/port';
import type { Task } from '../../src/jobs/port';
import type { Reactor } from '../../src/projection-runtime/projector';
import { causeOf, followUp, type Cause } from '../follow-up';
import { user, type By } from '../user/decider';
import { changeStanding } from '../user/office';
import { releaseLoginName } from '../user/register-user';
import { loginName } from './decider';

export const SETTLE_LOGIN_NAME = 'settle-login-name';

/** Longer than any mutation runs: whoever claims a login name has made its user by then, or most likely never will. */
const AFTER_ANY_MUTATION_MS = 60_000;

const { UserCreated } = userEvents;
const events = { ...loginNameEvents, UserCreated };
const reactor = 'login_names';

interface LoginNameJob extends Cause {
  name: string;
  userId: string;
}

/**
 * Makes sure that a login name belongs to its user exactly as long as there is one. The claim and the user are two
 * streams, and whoever made the one may die or be kept waiting before the other. No time is long enough to be sure that
 * a user will not come yet. So a claim without a user is given back after a while, and a user who comes after that
 * claims their name again, or goes when somebody else has got it: whoever signs in by a name is who was made for it.
 */
export const loginNamesReactor: Reactor<typeof events> = {
  name: reactor,
  events,
  react: (happened) => happened.map((event) => {
    const { userId } = event.data;
    const name = event.type === 'UserCreated' ? event.data.loginName : event.at.stream.slice(streamOf(loginName, '').length);
    const payload: LoginNameJob = { ...causeOf(event), name, userId };
    const runAt = new Date(Date.parse(event.at.metadata.at) + AFTER_ANY_MUTATION_MS);
    // As a rule the user comes right after the claim: one job for both.
    return { kind: 'job', task: SETTLE_LOGIN_NAME, payload, jobKey: `${SETTLE_LOGIN_NAME}:${name}:${userId}`, ...(event.type === 'LoginNameClaimed' && { runAt }) };
  }),
};

/** Task `settle-login-name`: a user has their login name, and nobody has that of no user. */
export function settleLoginNameTask(services: { commands: CommandRuntime; auth: Auth }): Task {
  const { commands } = services;
  return async ({ name, userId, ...cause }: LoginNameJob) => {
    const { state } = await commands.load(user, userId);
    if (!state.exists || state.deleted) return releaseLoginName(services, followUp(cause, reactor, 'release'), name, userId);
    const claim = await commands.execute(loginName, name, { type: 'ClaimLoginName', userId }, followUp(cause, reactor, 'claim'));
    if (claim.accepted) return;
    const system: By = { id: reactor, tenantId: state.tenantId, role: 'owner' };
    await changeStanding(services, followUp(cause, reactor, 'delete'), userId, { type: 'DeleteUser' }, system);
  };
}
