import type { CommandContext } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { session } from './decider';

export interface EndingSession {
  sessionId: string;
  userId: string;
  tenantId: string;
}

type Reason = 'signed_out' | 'revoked';

/** Ends a session here and on every node, then says so in the log. @returns the place in the log */
export async function endSession(
  context: Pick<Context, 'auth' | 'commands'>, command: CommandContext, ending: EndingSession, reason: Reason,
): Promise<{ position: bigint; revision: bigint }> {
  await context.auth.sessions.close(ending.sessionId);
  return recordEnd(context, command, ending, reason);
}

/** Says in the log that a session has ended. */
export async function recordEnd(
  { commands }: Pick<Context, 'commands'>, command: CommandContext, { sessionId, userId, tenantId }: EndingSession, reason: Reason,
): Promise<{ position: bigint; revision: bigint }> {
  const { position, revision } = await commands.execute(
    session, sessionId, { type: 'EndSession', sessionId, userId, reason }, { ...command, tenant: tenantId },
  );
  return { position, revision };
}

/**
 * Ends all sessions of a user, or all but one.
 * @returns how many, and the newest place in the log
 */
export async function endSessionsOf(
  context: Pick<Context, 'auth' | 'commands'>, command: CommandContext, { userId, tenantId }: { userId: string; tenantId: string },
  but?: { sessionId: string },
): Promise<{ count: number; position: bigint }> {
  const ended = await context.auth.sessions.closeAllOf(userId, but);
  const places = await Promise.all(ended.map((sessionId) => recordEnd(context, command, { sessionId, userId, tenantId }, 'revoked')));
  return { count: ended.length, position: places.reduce((newest, { position }) => (position > newest ? position : newest), 0n) };
}
