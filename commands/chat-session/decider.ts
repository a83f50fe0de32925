import { chatSessionEvents, type ChatSessionEvent } from '../../schema/chat-session/events';
import type { ErrorCode } from '../../schema/errors/catalogue';
import { nothing, refuse, type Aggregate, type Decision } from '../../src/command-runtime/aggregate';
import type { Sealed } from '../../src/vault/port';

/** How many messages before the question go along with it (reference/seeds.md, MMA-35). */
export const EARLIER_MESSAGES = 10;

export interface Turn {
  messageId: string;
  role: 'user' | 'assistant';
  text: Sealed;
}

/** The newest answer of a session, running or ended. */
export interface Answer {
  answerId: string;
  messageId: string;
  runId: string;
  outcome: { kind: 'running' } | { kind: 'completed' } | { kind: 'failed'; code: ErrorCode; reason: string };
}

export type ChatSessionState =
  | { exists: false }
  | {
      exists: true;
      sessionId: string;
      ownerId: string;
      model: string;
      /** The newest messages, oldest first: no more than the model is shown. */
      turns: readonly Turn[];
      answer: Answer | undefined;
    };

export type ChatSessionCommand =
  | { type: 'OpenChatSession'; sessionId: string; ownerId: string; title: Sealed; model: string }
  | { type: 'PostMessage'; messageId: string; answerId: string; runId: string; text: Sealed; by: string }
  | { type: 'CompleteAnswer'; answerId: string; text: Sealed }
  | { type: 'FailAnswer'; answerId: string; code: ErrorCode; reason: string };

export const chatSession: Aggregate<ChatSessionState, ChatSessionCommand, typeof chatSessionEvents> = {
  category: 'chatSession',
  events: chatSessionEvents,
  initial: () => ({ exists: false }),
  evolve,
  decide,
};

function evolve(state: ChatSessionState, event: ChatSessionEvent): ChatSessionState {
  if (event.type === 'ChatSessionOpened') {
    const { sessionId, ownerId, model } = event.data;
    return { exists: true, sessionId, ownerId, model, turns: [], answer: undefined };
  }
  if (!state.exists) return state;
  switch (event.type) {
    case 'MessagePosted': {
      const { messageId, answerId, runId, text } = event.data;
      const turns = newest([...state.turns, { messageId, role: 'user', text }]);
      return { ...state, turns, answer: { answerId, messageId, runId, outcome: { kind: 'running' } } };
    }
    case 'AnswerCompleted': {
      const turns = newest([...state.turns, { messageId: event.data.answerId, role: 'assistant', text: event.data.text }]);
      return { ...state, turns, answer: ended(state, { kind: 'completed' }) };
    }
    case 'AnswerFailed':
      return { ...state, answer: ended(state, { kind: 'failed', code: event.data.code, reason: event.data.reason }) };
    default:
      return event satisfies never;
  }
}

type Existing = Extract<ChatSessionState, { exists: true }>;

function newest(turns: readonly Turn[]): readonly Turn[] {
  return turns.slice(-(EARLIER_MESSAGES + 1));
}

function ended(state: Existing, outcome: Answer['outcome']): Answer | undefined {
  return state.answer && { ...state.answer, outcome };
}

function decide(state: ChatSessionState, command: ChatSessionCommand): Decision<ChatSessionEvent> {
  if (command.type === 'OpenChatSession') return openChatSession(state, command);
  if (!state.exists) return refuseUnknown();
  switch (command.type) {
    case 'PostMessage':
      return postMessage(state, command);
    case 'CompleteAnswer':
      return completeAnswer(state, command);
    case 'FailAnswer':
      return failAnswer(state, command);
    default:
      return command satisfies never;
  }
}

function openChatSession(
  state: ChatSessionState,
  { sessionId, ownerId, title, model }: Extract<ChatSessionCommand, { type: 'OpenChatSession' }>,
): Decision<ChatSessionEvent> {
  return state.exists ? nothing : { events: [{ type: 'ChatSessionOpened', data: { sessionId, ownerId, title, model } }] };
}

function postMessage(state: Existing, command: Extract<ChatSessionCommand, { type: 'PostMessage' }>): Decision<ChatSessionEvent> {
  const { messageId, answerId, runId, text, by } = command;
  if (by !== state.ownerId) return refuseUnknown();
  if (state.turns.some((turn) => turn.messageId === messageId)) return nothing;
  if (state.answer?.outcome.kind === 'running') {
    return refuse('B2001', 'answer_running', 'Wait for the running answer before asking again.', {
      path: ['sessionId'],
      details: { answerId: state.answer.answerId },
    });
  }
  return { events: [{ type: 'MessagePosted', data: { sessionId: state.sessionId, messageId, answerId, runId, text, by } }] };
}

function completeAnswer(state: Existing, command: Extract<ChatSessionCommand, { type: 'CompleteAnswer' }>): Decision<ChatSessionEvent> {
  const { answer, sessionId } = state;
  if (answer?.answerId !== command.answerId || answer.outcome.kind === 'failed') return refuseEnded();
  if (answer.outcome.kind === 'completed') return nothing;
  const { answerId, runId } = answer;
  return { events: [{ type: 'AnswerCompleted', data: { sessionId, answerId, text: command.text, runId } }] };
}

function failAnswer(state: Existing, command: Extract<ChatSessionCommand, { type: 'FailAnswer' }>): Decision<ChatSessionEvent> {
  const { answer, sessionId } = state;
  if (answer?.answerId !== command.answerId || answer.outcome.kind === 'completed') return refuseEnded();
  if (answer.outcome.kind === 'failed') return nothing;
  const { answerId, runId } = answer;
  return { events: [{ type: 'AnswerFailed', data: { sessionId, answerId, runId, code: command.code, reason: command.reason } }] };
}

/** Also what anyone but the owner is told, so that session ids reveal nothing. */
function refuseUnknown(): Decision<ChatSessionEvent> {
  return refuse('E4041', 'chat_session_unknown', 'There is no such chat session.', { path: ['sessionId'] });
}

function refuseEnded(): Decision<ChatSessionEvent> {
  return refuse('B2001', 'answer_ended', 'This answer has already ended.', { path: ['answerId'] });
}
