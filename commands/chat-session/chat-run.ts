import type { RunRequest } from '../../schema/run/events';
import type { Answer, ChatSessionState } from './decider';

/** The run behind an answer, as its mutation and its job both request it. */
export function chatRun(
  session: Extract<ChatSessionState, { exists: true }>, { runId, messageId }: Answer, simulated: boolean,
): RunRequest {
  const { model, ownerId, sessionId } = session;
  const provider = simulated ? 'simulated' : 'openai-compatible';
  return { runId, kind: 'chat', model, provider, requestedBy: ownerId, simulated, sessionId, messageId };
}
