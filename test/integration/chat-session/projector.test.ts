import { chatSessionsProjector } from '../../../projections/chat-session/projector';
import { messagesProjector } from '../../../projections/message/projector';
import { projectorSpecification } from '../../support/projector-specification';
import { sealedText } from '../../support/sealed';

/** Every sealed text has a nonce of its own. */
const sealed = (field: string, text: string) => ({ ...sealedText('s1', field, text), nonce: field });

const opened = { type: 'ChatSessionOpened', data: { sessionId: 's1', ownerId: 'u1', title: sealed('title', 'Plans'), model: 'gpt-4o-mini' } };
const posted = (n: number) => ({
  type: 'MessagePosted',
  data: { sessionId: 's1', messageId: `m${n}`, answerId: `a${n}`, runId: `r${n}`, text: sealed(`message.m${n}`, `question ${n}`), by: 'u1' },
});
const started = (n: number) => ({ type: 'AnswerStarted', data: { sessionId: 's1', answerId: `a${n}`, runId: `r${n}` } });
const completed = (n: number) => ({
  type: 'AnswerCompleted', data: { sessionId: 's1', answerId: `a${n}`, text: sealed(`message.a${n}`, `answer ${n}`), runId: `r${n}` },
});
const failed = (n: number) => ({
  type: 'AnswerFailed', data: { sessionId: 's1', answerId: `a${n}`, runId: `r${n}`, code: 'E5004', reason: 'The AI model failed to answer.' },
});
const dialogue = [opened, posted(1), started(1), completed(1), posted(2), failed(2), posted(3)];

describe('chat_sessions', () => {
  const specification = projectorSpecification(chatSessionsProjector);

  it('counts questions and answers, and moves up with everything said', async () => {
    const { chat_sessions: rows } = await specification.given(dialogue);
    expect(rows).toEqual([{
      id: 's1', tenant_id: 'tenant-1', owner_id: 'u1', title: 'Plans', model: 'gpt-4o-mini', message_count: 6,
      created_at: new Date('2026-01-01T00:00:00.000Z'), updated_at: new Date('2026-01-01T00:00:06.000Z'), revision: '6', position: '70',
    }]);
  });
});

describe('messages', () => {
  const specification = projectorSpecification(messagesProjector);

  it('shows each question before its answer, and how the answer ended', async () => {
    const { messages: rows } = await specification.given(dialogue);
    const inOrder = [...rows!].sort((one, other) => Number(one.ordinal) - Number(other.ordinal));
    expect(inOrder).toMatchObject([
      { id: 'm1', role: 'user', state: 'complete', text: 'question 1', session_id: 's1', owner_id: 'u1', run_id: null },
      { id: 'a1', role: 'assistant', state: 'complete', text: 'answer 1', failure: null, run_id: 'r1', position: '40' },
      { id: 'm2', role: 'user', state: 'complete', text: 'question 2' },
      { id: 'a2', role: 'assistant', state: 'failed', text: null, failure: 'The AI model failed to answer.', run_id: 'r2' },
      { id: 'm3', role: 'user', state: 'complete', text: 'question 3' },
      { id: 'a3', role: 'assistant', state: 'streaming', text: null, run_id: 'r3' },
    ]);
  });
});

describe('an erased conversation', () => {
  const sessions = projectorSpecification(chatSessionsProjector, () => null);
  const messages = projectorSpecification(messagesProjector, () => null);

  it('keeps its rows without words', async () => {
    expect((await sessions.given(dialogue)).chat_sessions).toMatchObject([{ title: 'Erased chat', message_count: 6 }]);
    expect((await messages.given(dialogue)).messages!.map((row) => row.text)).toEqual([null, null, null, null, null, null]);
  });
});
