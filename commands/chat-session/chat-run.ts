import type { RunRequest } from '../../schema/run/events';
import type { Answer, ChatSessionState } from './decider';

/** The run behind an answer, as its mutation and its job both request it. */
export function chatRun({ model, ownerId, sessionId }: Extract<ChatSessionState, { exists: true }>, answer: Answer, simulated: boolean): RunRequest {
  const { runId, messageId } = answer;
  return { runId, kind: 'chat', model, provider: simulated ? 'simulated' : 'openai-compatible', requestedBy: ownerId, simulated, sessionId, messageId };
}
