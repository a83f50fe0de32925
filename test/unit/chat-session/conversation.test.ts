import { CONTEXT_LENGTH, conversation } from '../../../commands/chat-session/conversation';
import { chatSession, type ChatSessionState } from '../../../commands/chat-session/decider';
import type { ChatSessionEvent } from '../../../schema/chat-session/events';
import type { Sealed } from '../../../src/vault/port';
import { openPlain, sealedText } from '../../support/sealed';
import { fold } from '../../support/specification';

const sealed = (text: string): Sealed => sealedText('s1', 'text', text);
const vault = { open: async (_tenant: string, texts: readonly Sealed[]) => texts.map(openPlain) };

const opened: ChatSessionEvent = { type: 'ChatSessionOpened', data: { sessionId: 's1', ownerId: 'u1', title: sealed('Plans'), model: 'm' } };
const asked = (n: number, text = `question ${n}`): ChatSessionEvent =>
  ({ type: 'MessagePosted', data: { sessionId: 's1', messageId: `m${n}`, answerId: `a${n}`, runId: `r${n}`, text: sealed(text), by: 'u1' } });
const answered = (n: number, text = `answer ${n}`): ChatSessionEvent =>
  ({ type: 'AnswerCompleted', data: { sessionId: 's1', answerId: `a${n}`, text: sealed(text), runId: `r${n}` } });

function sessionAfter(...events: ChatSessionEvent[]): Extract<ChatSessionState, { exists: true }> {
  const state = fold(chatSession, [opened, ...events]);
  if (!state.exists) throw new Error('The session was not opened');
  return state;
}

describe('conversation', () => {
  it('is the question alone at first', async () => {
    expect(await conversation(vault, 't1', sessionAfter(asked(1)), 'm1')).toEqual([{ role: 'user', content: 'question 1' }]);
  });

  it('is the question once, with the newest ten messages before it, oldest first', async () => {
    const history = Array.from({ length: 7 }, (_, n) => [asked(n), answered(n)]).flat();
    const messages = await conversation(vault, 't1', sessionAfter(...history, asked(7)), 'm7');
    expect(messages).toHaveLength(11);
    expect(messages!.map(({ content }) => content)).toEqual([
      'question 2', 'answer 2', 'question 3', 'answer 3', 'question 4', 'answer 4', 'question 5', 'answer 5', 'question 6', 'answer 6', 'question 7',
    ]);
  });

  it('leaves out from the first message that does not fit', async () => {
    const long = 'x'.repeat(CONTEXT_LENGTH - 15);
    const state = sessionAfter(asked(1), answered(1), asked(2), answered(2, long), asked(3));
    expect((await conversation(vault, 't1', state, 'm3'))!.map(({ content }) => content)).toEqual([long, 'question 3']);
  });

  it('takes a question that is too long by itself', async () => {
    const long = 'x'.repeat(CONTEXT_LENGTH + 1);
    expect(await conversation(vault, 't1', sessionAfter(asked(1), answered(1), asked(2, long)), 'm2')).toEqual([{ role: 'user', content: long }]);
  });

  it('is nothing once the conversation was erased', async () => {
    const erased = { open: async (_tenant: string, texts: readonly Sealed[]) => texts.map(() => null) };
    expect(await conversation(erased, 't1', sessionAfter(asked(1)), 'm1')).toBeUndefined();
  });
});
