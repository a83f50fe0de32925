import { tenantEvents } from '../../schema/tenant/events';
import { userEvents } from '../../schema/user/events';
import type { Auth } from '../../src/auth/port';
import type { CommandRuntime } from '../../src/command-runtime/port';
import type { Task } from '../../src/jobs/port';
import type { Projected, Reactor } from '../../src/projection-runtime/projector';
import { causeOf, followUp, type Cause } from '../follow-up';
import { tenant } from '../tenant/decider';
import { termOfOffice, user } from './decider';
import { releaseLoginName } from './register-user';
import { standingOf } from './standing';

export const SETTLE_STANDING = 'settle-standing';
export const SETTLE_OWNER = 'settle-owner';

/** Makes sure that sessions are judged by what the log says, also when the server died right after the append. */
export const standingReactor: Reactor<typeof userEvents> = {
  name: 'user_standing',
  events: userEvents,
  react: (events) => events.map((event) => ({
    kind: 'job',
    task: SETTLE_STANDING,
    payload: { ...causeOf(event), userId: event.data.userId },
    jobKey: `${SETTLE_STANDING}:${event.data.userId}`,
  })),
};

interface StandingJob extends Cause {
  userId: string;
}

/** Task `settle-standing`: the newest role and state of one user, and the login name of whoever was deleted is free. */
export function settleStandingTask({ commands, auth }: { commands: CommandRuntime; auth: Auth }): Task {
  return async (job: StandingJob) => {
    const { state, revision } = await commands.load(user, job.userId);
    if (!state.exists) return;
    await auth.standings.setUser(job.userId, standingOf(state), revision);
    if (state.deleted) await releaseLoginName({ commands }, followUp(job, 'user_standing', 'release'), state.loginName, job.userId);
  };
}

const { UserCreated, RoleAssigned, UserReactivated } = userEvents;
const { OwnerRemoved } = tenantEvents;
const officeEvents = { UserCreated, RoleAssigned, UserReactivated, OwnerRemoved };

/** Longer than any mutation runs: whoever takes an owner out of office has done so by then, or never will. */
const AFTER_ANY_MUTATION_MS = 60_000;

/** Makes sure that the list of owners is what the log says, also for logs without one and when the server died half-way. */
export const ownersReactor: Reactor<typeof officeEvents> = {
  name: 'tenant_owners',
  events: officeEvents,
  react: (events) => events.flatMap((event) => {
    switch (event.type) {
      case 'UserCreated':
      case 'RoleAssigned':
        return event.data.role === 'owner' ? [settleOwner(event, event.data.userId)] : [];
      case 'UserReactivated':
        return [settleOwner(event, event.data.userId)];
      case 'OwnerRemoved': {
        const payload: OwnerJob = { ...causeOf(event), userId: event.data.userId, renew: true };
        const runAt = new Date(Date.parse(event.at.metadata.at) + AFTER_ANY_MUTATION_MS);
        return [{ kind: 'job', task: SETTLE_OWNER, payload, jobKey: `renew-owner:${payload.userId}`, runAt }];
      }
      default:
        return event satisfies never;
    }
  }),
};

function settleOwner(event: Projected<unknown>, userId: string): ReturnType<Reactor['react']>[number] {
  const payload: OwnerJob = { ...causeOf(event), userId, renew: false };
  return { kind: 'job', task: SETTLE_OWNER, payload, jobKey: `${SETTLE_OWNER}:${userId}` };
}

interface OwnerJob extends Cause {
  userId: string;
  /** Whether an owner who was taken off the list, and yet is an owner, comes back to it. */
  renew: boolean;
}

/** Task `settle-owner`: an active owner is on their tenant's list. */
export function settleOwnerTask({ commands }: { commands: CommandRuntime }): Task {
  return async (job: OwnerJob) => {
    const { userId } = job;
    const term = termOfOffice((await commands.load(user, userId)).state);
    if (term === undefined) return;
    const listed = await commands.execute(
      tenant, job.tenant, { type: 'AddOwner', userId, term }, followUp(job, 'tenant_owners', `add ${term}`),
      (state) => state.exists && state.owners[userId]?.inOffice,
    );
    if (!job.renew || !listed.accepted || listed.answer) return;
    await commands.execute(user, userId, { type: 'RenewOffice', term }, followUp(job, 'tenant_owners', `renew ${term}`));
  };
}
