import { userEvents } from '../../schema/user/events';
import type { Auth } from '../../src/auth/port';
import type { CommandRuntime } from '../../src/command-runtime/port';
import type { Task } from '../../src/jobs/port';
import type { Reactor } from '../../src/projection-runtime/projector';
import { user } from './decider';
import { standingOf } from './standing';

/** Makes sure that sessions are judged by what the log says, also when the server died right after the append. */
export const standingReactor: Reactor<typeof userEvents> = {
  name: 'user_standing',
  events: userEvents,
  react: (events) => events.map(({ data }) => ({
    kind: 'job',
    task: 'settle-standing',
    payload: { userId: data.userId },
    jobKey: `settle-standing:${data.userId}`,
  })),
};

/** Task `settle-standing`: the newest role and state of one user. */
export function settleStandingTask({ commands, auth }: { commands: CommandRuntime; auth: Auth }): Task {
  return async ({ userId }: { userId: string }) => {
    const { state } = await commands.load(user, userId);
    const standing = standingOf(state);
    if (state.exists) await auth.standings.setUser(userId, standing);
  };
}
