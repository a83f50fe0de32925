import { chatSessionEvents, type ChatSessionEvent } from '../../schema/chat-session/events';
import type { ErrorCode, Refusal } from '../../schema/errors/catalogue';
import { nothing, refuse, type Aggregate, type Decision } from '../../src/command-runtime/aggregate';
import type { Sealed } from '../../src/vault/port';

/** How many messages before the question go along with it (reference/seeds.md, MMA-35). */
export const EARLIER_MESSAGES = 10;

export interface Turn {
  messageId: string;
  role: 'user' | 'assistant';
  text: Sealed;
}

export interface Answer {
  answerId: string;
  messageId: string;
  runId: string;
  /** `begun`: readers may have seen words of it. */
  outcome: { kind: 'running'; begun: boolean } | { kind: 'completed' } | { kind: 'failed'; code: ErrorCode; reason: string };
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
      /** The newest answers, oldest first; only the last can be running. */
      answers: readonly Answer[];
    };

export type ChatSessionCommand =
  | { type: 'OpenChatSession'; sessionId: string; ownerId: string; title: Sealed; model: string }
  | { type: 'PostMessage'; messageId: string; answerId: string; runId: string; text: Sealed; by: string }
  | { type: 'StartAnswer'; answerId: string }
  | { type: 'CompleteAnswer'; answerId: string; text: Sealed }
  | { type: 'FailAnswer'; answerId: string; code: ErrorCode; reason: string };

export const chatSession: Aggregate<ChatSessionState, ChatSessionCommand, typeof chatSessionEvents> = {
  category: 'chatSession',
  events: chatSessionEvents,
  initial: () => ({ exists: false }),
  evolve,
  decide,
  begins: ({ type }) => type === 'OpenChatSession',
};

function evolve(state: ChatSessionState, event: ChatSessionEvent): ChatSessionState {
  if (event.type === 'ChatSessionOpened') {
    const { sessionId, ownerId, model } = event.data;
    return { exists: true, sessionId, ownerId, model, turns: [], answers: [] };
  }
  if (!state.exists) return state;
  switch (event.type) {
    case 'MessagePosted': {
      const { messageId, answerId, runId, text } = event.data;
      const turns = newest<Turn>([...state.turns, { messageId, role: 'user', text }]);
      const answers = newest<Answer>([...state.answers, { answerId, messageId, runId, outcome: { kind: 'running', begun: false } }]);
      return { ...state, turns, answers };
    }
    case 'AnswerStarted':
      return { ...state, answers: withOutcome(state.answers, event.data.answerId, { kind: 'running', begun: true }) };
    case 'AnswerCompleted': {
      const turns = newest<Turn>([...state.turns, { messageId: event.data.answerId, role: 'assistant', text: event.data.text }]);
      return { ...state, turns, answers: withOutcome(state.answers, event.data.answerId, { kind: 'completed' }) };
    }
    case 'AnswerFailed': {
      const { answerId, code, reason } = event.data;
      return { ...state, answers: withOutcome(state.answers, answerId, { kind: 'failed', code, reason }) };
    }
    default:
      return event satisfies never;
  }
}

type Existing = Extract<ChatSessionState, { exists: true }>;

function newest<Item>(items: readonly Item[]): readonly Item[] {
  return items.slice(-(EARLIER_MESSAGES + 1));
}

function withOutcome(answers: readonly Answer[], answerId: string, outcome: Answer['outcome']): readonly Answer[] {
  return answers.map((answer) => (answer.answerId === answerId ? { ...answer, outcome } : answer));
}

function decide(state: ChatSessionState, command: ChatSessionCommand): Decision<ChatSessionEvent> {
  if (command.type === 'OpenChatSession') return openChatSession(state, command);
  if (!state.exists) return { refusal: unknownSession };
  switch (command.type) {
    case 'PostMessage':
      return postMessage(state, command);
    case 'StartAnswer':
      return startAnswer(state, command);
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
  if (by !== state.ownerId) return { refusal: unknownSession };
  if (state.turns.some((turn) => turn.messageId === messageId)) return nothing;
  const last = state.answers.at(-1);
  if (last?.outcome.kind === 'running') {
    return refuse('B2001', 'answer_running', 'Wait for the running answer before asking again.', {
      path: ['sessionId'],
      details: { answerId: last.answerId },
    });
  }
  return { events: [{ type: 'MessagePosted', data: { sessionId: state.sessionId, messageId, answerId, runId, text, by } }] };
}

function startAnswer(state: Existing, command: Extract<ChatSessionCommand, { type: 'StartAnswer' }>): Decision<ChatSessionEvent> {
  const answer = answerOf(state, command.answerId);
  if (!answer) return refuseUnknownAnswer();
  if (answer.outcome.kind !== 'running') return refuseEnded();
  if (answer.outcome.begun) return nothing;
  const { answerId, runId } = answer;
  return { events: [{ type: 'AnswerStarted', data: { sessionId: state.sessionId, answerId, runId } }] };
}

function completeAnswer(state: Existing, command: Extract<ChatSessionCommand, { type: 'CompleteAnswer' }>): Decision<ChatSessionEvent> {
  const answer = answerOf(state, command.answerId);
  if (!answer) return refuseUnknownAnswer();
  if (answer.outcome.kind === 'completed') return nothing;
  if (answer.outcome.kind === 'failed') return refuseEnded();
  const { answerId, runId } = answer;
  return { events: [{ type: 'AnswerCompleted', data: { sessionId: state.sessionId, answerId, text: command.text, runId } }] };
}

function failAnswer(state: Existing, command: Extract<ChatSessionCommand, { type: 'FailAnswer' }>): Decision<ChatSessionEvent> {
  const answer = answerOf(state, command.answerId);
  if (!answer) return refuseUnknownAnswer();
  if (answer.outcome.kind === 'failed') return nothing;
  if (answer.outcome.kind === 'completed') return refuseEnded();
  const { answerId, runId } = answer;
  const { code, reason } = command;
  return { events: [{ type: 'AnswerFailed', data: { sessionId: state.sessionId, answerId, runId, code, reason } }] };
}

/** One of the newest answers of a session. */
export function answerOf(state: ChatSessionState, answerId: string): Answer | undefined {
  return state.exists ? state.answers.find((answer) => answer.answerId === answerId) : undefined;
}

/** Also what anyone but the owner is told, so that session ids reveal nothing. */
export const unknownSession: Refusal = {
  code: 'E4041', rule: 'chat_session_unknown', message: 'There is no such chat session.', path: ['sessionId'],
};

function refuseUnknownAnswer(): Decision<ChatSessionEvent> {
  return refuse('E4041', 'answer_unknown', 'There is no such answer in this chat session.', { path: ['answerId'] });
}

function refuseEnded(): Decision<ChatSessionEvent> {
  return refuse('B2001', 'answer_ended', 'This answer has already ended.', { path: ['answerId'] });
}
