import type { CommandContext } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { inTurn } from '../user/many';
import { session } from './decider';

export interface EndingSession {
  sessionId: string;
  userId: string;
  tenantId: string;
}

type Reason = 'signed_out' | 'revoked';
type Services = Pick<Context, 'auth' | 'commands'>;

/**
 * Ends a session here and on every node, then says so in the log; again when it is asked for again, because a crash may
 * have come in between.
 * @returns the place in the log
 */
export async function endSession(context: Services, command: CommandContext, ending: EndingSession, reason: Reason): Promise<bigint> {
  await context.auth.sessions.close(ending.sessionId);
  return recordEnd(context, command, ending, reason);
}

/** Says in the log that a session has ended. @returns the place in the log */
export async function recordEnd(
  { commands }: Pick<Services, 'commands'>, command: CommandContext, { sessionId, userId, tenantId }: EndingSession, reason: Reason,
): Promise<bigint> {
  const { position } = await commands.execute(
    session, sessionId, { type: 'EndSession', sessionId, userId, reason }, { ...command, tenant: tenantId },
  );
  return position;
}

/**
 * Ends all sessions of a user, or all but one.
 * @returns how many, and the newest place in the log
 */
export async function endSessionsOf(
  context: Services, command: CommandContext, { userId, tenantId }: { userId: string; tenantId: string }, but?: { sessionId: string },
): Promise<{ count: number; position: bigint }> {
  const ended = await context.auth.sessions.closeAllOf(userId, but);
  const positions = await inTurn(ended, (sessionId) => recordEnd(context, command, { sessionId, userId, tenantId }, 'revoked'));
  return { count: ended.length, position: positions.reduce((newest, position) => (position > newest ? position : newest), 0n) };
}
