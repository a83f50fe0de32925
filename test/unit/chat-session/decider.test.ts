import { chatSession, EARLIER_MESSAGES } from '../../../commands/chat-session/decider';
import type { ChatSessionEvent } from '../../../schema/chat-session/events';
import type { Sealed } from '../../../src/vault/port';
import { fold, specification, twiceIsOnce } from '../../support/specification';

const sealed = (text: string): Sealed =>
  ({ sealed: 1, alg: 'A256GCM', subject: 's1', field: 'text', keyId: 'key', nonce: 'n', ciphertext: text, tag: 't' });

const opened: ChatSessionEvent = { type: 'ChatSessionOpened', data: { sessionId: 's1', ownerId: 'u1', title: sealed('Plans'), model: 'gpt-4o-mini' } };
const posted = (n: number): ChatSessionEvent => ({
  type: 'MessagePosted',
  data: { sessionId: 's1', messageId: `m${n}`, answerId: `a${n}`, runId: `r${n}`, text: sealed(`question ${n}`), by: 'u1' },
});
const started = (n: number): ChatSessionEvent => ({ type: 'AnswerStarted', data: { sessionId: 's1', answerId: `a${n}`, runId: `r${n}` } });
const completed = (n: number): ChatSessionEvent =>
  ({ type: 'AnswerCompleted', data: { sessionId: 's1', answerId: `a${n}`, text: sealed(`answer ${n}`), runId: `r${n}` } });
const failed = (n: number): ChatSessionEvent =>
  ({ type: 'AnswerFailed', data: { sessionId: 's1', answerId: `a${n}`, runId: `r${n}`, code: 'E5004', reason: 'The model failed.' } });

const open = { type: 'OpenChatSession', sessionId: 's1', ownerId: 'u1', title: sealed('Plans'), model: 'gpt-4o-mini' } as const;
const post = (n: number, by = 'u1') =>
  ({ type: 'PostMessage', messageId: `m${n}`, answerId: `a${n}`, runId: `r${n}`, text: sealed(`question ${n}`), by }) as const;
const start = (n: number) => ({ type: 'StartAnswer', answerId: `a${n}` }) as const;
const complete = (n: number) => ({ type: 'CompleteAnswer', answerId: `a${n}`, text: sealed(`answer ${n}`) }) as const;
const fail = (n: number) => ({ type: 'FailAnswer', answerId: `a${n}`, code: 'E5004', reason: 'The model failed.' }) as const;

describe('chatSession', () => {
  it('is opened once', () => {
    specification(chatSession).given().when(open).then([opened]);
    twiceIsOnce(chatSession, [], open);
  });

  it('takes a question of its owner', () => {
    specification(chatSession).given([opened]).when(post(1)).then([posted(1)]);
    twiceIsOnce(chatSession, [opened], post(1));
  });

  it('is unknown to everybody else', () => {
    specification(chatSession).given([opened]).when(post(1, 'u2')).thenRefused('E4041', 'chat_session_unknown');
    specification(chatSession).given().when(post(1)).thenRefused('E4041', 'chat_session_unknown');
  });

  it('answers one question at a time', () => {
    specification(chatSession).given([opened, posted(1)]).when(post(2)).thenRefused('B2001', 'answer_running', { answerId: 'a1' });
    specification(chatSession).given([opened, posted(1), completed(1)]).when(post(2)).then([posted(2)]);
    specification(chatSession).given([opened, posted(1), failed(1)]).when(post(2)).then([posted(2)]);
  });

  it('ends the running answer once', () => {
    specification(chatSession).given([opened, posted(1)]).when(complete(1)).then([completed(1)]);
    specification(chatSession).given([opened, posted(1)]).when(fail(1)).then([failed(1)]);
    twiceIsOnce(chatSession, [opened, posted(1)], complete(1));
    twiceIsOnce(chatSession, [opened, posted(1)], fail(1));
  });

  it('says once that an answer has begun, and never after its end', () => {
    specification(chatSession).given([opened, posted(1)]).when(start(1)).then([started(1)]);
    specification(chatSession).given([opened, posted(1), started(1)]).when(complete(1)).then([completed(1)]);
    specification(chatSession).given([opened, posted(1), completed(1)]).when(start(1)).thenRefused('B2001', 'answer_ended');
    specification(chatSession).given([opened, posted(1), failed(1)]).when(start(1)).thenRefused('B2001', 'answer_ended');
    specification(chatSession).given([opened]).when(start(1)).thenRefused('E4041', 'answer_unknown');
    twiceIsOnce(chatSession, [opened, posted(1)], start(1));
  });

  it('refuses another end of an answer', () => {
    specification(chatSession).given([opened, posted(1), failed(1)]).when(complete(1)).thenRefused('B2001', 'answer_ended');
    specification(chatSession).given([opened, posted(1), completed(1)]).when(fail(1)).thenRefused('B2001', 'answer_ended');
  });

  it('knows how earlier answers ended, and refuses ends of answers it does not know', () => {
    specification(chatSession).given([opened, posted(1), completed(1), posted(2)]).when(complete(1)).thenNothing();
    specification(chatSession).given([opened, posted(1), failed(1), posted(2)]).when(complete(1)).thenRefused('B2001', 'answer_ended');
    specification(chatSession).given([opened, posted(1)]).when(complete(2)).thenRefused('E4041', 'answer_unknown');
    specification(chatSession).given([opened]).when(fail(1)).thenRefused('E4041', 'answer_unknown');
  });

  it('keeps the question of a failed answer, and no more turns than the model is shown', () => {
    const after = fold(chatSession, [opened, posted(1), failed(1), posted(2), completed(2)]);
    expect(after.exists && after.turns.map((turn) => turn.messageId)).toEqual(['m1', 'm2', 'a2']);
    const long = fold(chatSession, [opened, ...Array.from({ length: 30 }, (_, n) => [posted(n), completed(n)]).flat()]);
    expect(long.exists && long.turns).toHaveLength(EARLIER_MESSAGES + 1);
    expect(long.exists && long.turns.at(-1)?.messageId).toBe('a29');
  });
});
