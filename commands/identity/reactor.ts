import { identityEvents } from '../../schema/identity/events';
import { userEvents } from '../../schema/user/events';
import { streamOf } from '../../src/command-runtime/aggregate';
import type { Task } from '../../src/jobs/port';
import type { Reactor } from '../../src/projection-runtime/projector';
import { causeOf, followUp, type Cause } from '../follow-up';
import { user } from '../user/decider';
import { identity } from './decider';
import { unlinkIdentity, type IdentityServices } from './link';

export const SETTLE_IDENTITY = 'settle-identity';
export const FREE_IDENTITIES = 'free-identities';

const { UserDeleted } = userEvents;
const events = { ...identityEvents, UserDeleted };
const reactor = 'identities';

/** Makes sure that accounts elsewhere lead where the log says, and that those of a deleted user lead nowhere. */
export const identitiesReactor: Reactor<typeof events> = {
  name: reactor,
  events,
  react: (happened) => happened.map((event) => {
    const cause = causeOf(event);
    if (event.type === 'UserDeleted') {
      const { userId } = event.data;
      return { kind: 'job', task: FREE_IDENTITIES, payload: { ...cause, userId }, jobKey: `${FREE_IDENTITIES}:${userId}` };
    }
    const digest = event.at.stream.slice(streamOf(identity, '').length);
    return { kind: 'job', task: SETTLE_IDENTITY, payload: { ...cause, digest }, jobKey: `${SETTLE_IDENTITY}:${digest}` };
  }),
};

/** Task `settle-identity`: whose one account elsewhere is, from the log. */
export function settleIdentityTask(services: IdentityServices): Task {
  const { commands, auth } = services;
  return async ({ digest, ...cause }: Cause & { digest: string }) => {
    const { state: { owner }, revision } = await commands.load(identity, digest);
    if (!owner) return auth.identities.set(digest, undefined, revision);
    const account = (await commands.load(user, owner.userId)).state;
    if (account.exists && !account.deleted) return auth.identities.set(digest, { ...owner, tenantId: account.tenantId }, revision);
    await unlinkIdentity(services, followUp(cause, reactor, 'unlink'), { digest, userId: owner.userId });
  };
}

/** Task `free-identities`: a deleted user keeps no account elsewhere. */
export function freeIdentitiesTask(services: IdentityServices): Task {
  return async ({ userId, ...cause }: Cause & { userId: string }) => {
    for (const { digest } of await services.auth.identities.of(userId)) {
      await unlinkIdentity(services, followUp(cause, reactor, `unlink ${digest}`), { digest, userId });
    }
  };
}
