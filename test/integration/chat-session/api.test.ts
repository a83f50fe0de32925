import type { ExecutionResult } from 'graphql';
import { RefusedError } from '../../../schema/errors/catalogue';
import type { ChatRequest, Llm } from '../../../src/upstreams/llm';
import { eventually } from '../projection-runtime/setting';
import { createApiSetting, type ApiSetting, type Person } from './api-setting';

const OPEN = 'mutation ($input: OpenChatSessionInput!) { openChatSession(input: $input) { chatSession { id title model messageCount } errors { code rule path } } }';
const POST = `mutation ($input: PostMessageInput!) { postMessage(input: $input) {
  message { id sessionId role state text run { id } } answer { id role state text run { id } } run { id kind state provider requestedBy { id } } position errors { code rule path details } } }`;
const SESSION = `query ($id: ID!, $last: Int) { node(id: $id) { ... on ChatSession {
  title messageCount messages(last: $last) { totalCount nodes { id role state text failure run { id state } } } } } }`;
const SESSIONS = 'query ($filter: ChatSessionFilter) { chatSessions(filter: $filter) { nodes { id title messages(last: 1) { nodes { text } } } } }';
const RUNS = 'query ($filter: RunFilter) { runs(filter: $filter) { nodes { id state attempt promptTokens completionTokens durationMs requestedBy { id } failureCode } } }';
const STREAM = 'subscription ($id: ID!, $after: String) { answerStream(messageId: $id, after: $after) { cursor text done } }';

/** A model that says what the test gives it, piece by piece, each once the test lets it. */
class Speaker implements Llm {
  readonly asked: ChatRequest[] = [];
  private readonly pieces: (string | Error | undefined)[] = [];
  private wake = (): void => {};

  say(...pieces: (string | Error | undefined)[]): void {
    this.pieces.push(...pieces);
    this.wake();
  }

  async* streamChat(request: ChatRequest): ReturnType<Llm['streamChat']> {
    this.asked.push(request);
    request.signal?.addEventListener('abort', () => this.wake(), { once: true });
    for (;;) {
      while (this.pieces.length === 0 && !request.signal?.aborted) await new Promise<void>((resolve) => { this.wake = resolve; });
      request.signal?.throwIfAborted();
      const piece = this.pieces.shift();
      if (piece instanceof Error) throw piece;
      if (piece === undefined) break;
      yield { text: piece };
    }
    yield { done: { finishReason: 'stop', usage: { promptTokens: 5, completionTokens: 2 }, model: request.model } };
  }
}
/** The end of an answer. */
const END = undefined;

let api: ApiSetting;
let llm: Speaker;

beforeAll(async () => {
  llm = new Speaker();
  const unused = async (): Promise<never> => { throw new Error('no keys here'); };
  api = await createApiSetting({ llm, litellm: { generateKey: unused, deleteKey: unused } });
});
afterAll(() => api.close());

async function openSession(who: Person, input: Record<string, unknown> = {}): Promise<string> {
  const { openChatSession } = await api.ask(who, OPEN, { input });
  expect(openChatSession.errors).toEqual([]);
  return openChatSession.chatSession.id;
}

async function post(who: Person, sessionId: string, text: string, more: Record<string, unknown> = {}): Promise<Record<string, any>> {
  return (await api.ask(who, POST, { input: { sessionId, text, ...more } })).postMessage;
}

type Blocks = AsyncGenerator<{ data: { answerStream: { cursor: string; text: string; done: boolean } } }>;
type Block = { cursor: string; text: string; done: boolean };

async function nextBlock(blocks: Blocks): Promise<Block> {
  return (await blocks.next()).value.data.answerStream;
}

async function toEnd(who: Person, id: string, after?: string): Promise<{ text: string; blocks: Block[] }> {
  const blocks: Block[] = [];
  for await (const { data } of (await api.follow(who, STREAM, { id, after })) as Blocks) blocks.push(data.answerStream);
  expect(blocks.map(({ done }) => done)).toEqual(blocks.map((_, index) => index === blocks.length - 1));
  return { text: blocks.map(({ text }) => text).join(''), blocks };
}

const ended = (who: Person, sessionId: string): Promise<Record<string, any>> => eventually(async () => {
  const { node } = await api.ask(who, SESSION, { id: sessionId });
  return node.messages.nodes.at(-1).state !== 'STREAMING' && node;
});

describe('a chat', () => {
  it('goes from the question over streamed words to a complete answer and its run', async () => {
    const who = await api.person();
    const sessionId = await openSession(who, { title: ' Plans ', model: 'gpt-4o' });
    const { message, answer, run, errors } = await post(who, sessionId, 'What now?');
    expect({ message, answer, run, errors }).toMatchObject({
      message: { sessionId, role: 'USER', state: 'COMPLETE', text: 'What now?', run: null },
      answer: { role: 'ASSISTANT', state: 'STREAMING', text: null, run: { id: run.id } },
      run: { kind: 'CHAT', provider: 'simulated', requestedBy: { id: who.id } },
      errors: [],
    });

    const blocks = (await api.follow(who, STREAM, { id: answer.id })) as Blocks;
    llm.say('First ');
    const first = await nextBlock(blocks);
    expect(first).toMatchObject({ text: 'First ', done: false });
    await blocks.return(undefined);
    llm.say('this, then that.', END);
    expect((await toEnd(who, answer.id, first.cursor)).text).toBe('this, then that.');

    const session = await ended(who, sessionId);
    expect(session).toMatchObject({
      title: 'Plans', messageCount: 2,
      messages: { totalCount: 2, nodes: [{ role: 'USER', text: 'What now?' }, { role: 'ASSISTANT', state: 'COMPLETE', text: 'First this, then that.', run: { id: run.id } }] },
    });
    await eventually(async () => (await api.ask(who, RUNS)).runs.nodes[0].state === 'SUCCEEDED');
    expect((await api.ask(who, RUNS)).runs.nodes).toMatchObject([
      { id: run.id, attempt: 1, promptTokens: 5, completionTokens: 2, requestedBy: { id: who.id }, failureCode: null },
    ]);
    expect((await toEnd(who, answer.id)).blocks).toMatchObject([{ text: 'First this, then that.', done: true }]);
    expect((await toEnd(who, answer.id, first.cursor)).text).toBe('this, then that.');
  });

  it('takes one question at a time and the same question once', async () => {
    const who = await api.person();
    const sessionId = await openSession(who);
    const first = await post(who, sessionId, 'One?', { idempotencyKey: 'one' });
    expect(await post(who, sessionId, 'Two?')).toMatchObject({ message: null, answer: null, run: null, errors: [{ code: 'B2001', rule: 'answer_running' }] });
    llm.say('1', END);
    await ended(who, sessionId);
    expect((await post(who, sessionId, 'One?', { idempotencyKey: 'one' }))).toMatchObject({ message: { id: first.message.id }, answer: { id: first.answer.id }, errors: [] });
    expect((await api.ask(who, SESSION, { id: sessionId })).node.messageCount).toBe(2);
  });

  it('costs a request of the day only when it was asked, or may have been', async () => {
    const who = await api.person();
    const used = async (): Promise<number> => (await api.ask(who, '{ viewer { usage { dailyRequests } } }')).viewer.usage.dailyRequests;
    const sessionId = await openSession(who);
    const failing = async (rule: string): Promise<unknown> => {
      jest.spyOn(api.commands, 'execute').mockRejectedValueOnce(new RefusedError({ code: 'E5031', rule, message: 'Later.' }));
      return (await post(who, sessionId, 'Again?', { idempotencyKey: rule })).errors[0].rule;
    };
    jest.spyOn(api.vault, 'seal').mockRejectedValueOnce(new RefusedError({ code: 'E5031', rule: 'vault_away', message: 'Later.' }));
    expect((await post(who, sessionId, 'Sealed?')).errors).toMatchObject([{ rule: 'vault_away' }]);
    expect(await used()).toBe(0);
    expect(await failing('event_store_unavailable')).toBe('event_store_unavailable');
    expect(await used()).toBe(0);
    expect(await failing('outcome_unknown')).toBe('outcome_unknown');
    expect(await used()).toBe(1);
    jest.restoreAllMocks();
    expect((await post(who, sessionId, 'Asked?')).errors).toEqual([]);
    expect((await post(who, sessionId, 'Too soon?')).errors).toMatchObject([{ rule: 'answer_running' }]);
    expect(await used()).toBe(2);
    llm.say('Yes.', END);
    await ended(who, sessionId);
  });

  it('keeps the question of a failed answer, and shows why it failed', async () => {
    const who = await api.person();
    const sessionId = await openSession(who);
    const { answer } = await post(who, sessionId, 'Are you there?');
    const blocks = (await api.follow(who, STREAM, { id: answer.id })) as Blocks;
    llm.say('Well');
    expect(await nextBlock(blocks)).toMatchObject({ text: 'Well' });
    llm.say(new Error('the connection broke'));
    const failed = await eventually(async () => {
      const { node } = await api.ask(who, SESSION, { id: sessionId });
      return node.messages.nodes[1].state === 'FAILED' && node;
    }, 20_000);
    expect(failed.messages.nodes).toMatchObject([
      { text: 'Are you there?', state: 'COMPLETE' }, { text: null, failure: 'The answer was interrupted. Ask again.', run: { state: expect.any(String) } },
    ]);
    expect(await nextBlock(blocks)).toMatchObject({ text: '', done: true });
    expect((await post(who, sessionId, 'Once more?')).errors).toEqual([]);
    llm.say('Yes.', END);
    await ended(who, sessionId);
    expect(llm.asked.at(-1)!.messages.map(({ content }) => content)).toEqual(['Are you there?', 'Once more?']);
  });

  it('has a title and a model of the server’s choice when none are given', async () => {
    const { openChatSession } = await api.ask(await api.person(), OPEN, { input: {} });
    expect(openChatSession.chatSession).toMatchObject({ title: 'New chat', model: 'gpt-4o-mini', messageCount: 0 });
  });

  it('judges what is asked', async () => {
    const who = await api.person();
    const sessionId = await openSession(who);
    for (const text of ['', '  \n ', 'a\u0000b', 'x'.repeat(32_001)]) expect((await post(who, sessionId, text)).errors[0]).toMatchObject({ code: 'V1001', path: ['input', 'text'] });
    expect((await post(who, 'nonsense', 'Hello?')).errors).toMatchObject([{ code: 'E4004' }]);
  });
});

describe('the words of a chat', () => {
  const title = 'Secret plans';
  let owner: Person;
  let sessionId: string;
  let answerId: string;

  beforeAll(async () => {
    owner = await api.person('admin');
    sessionId = await openSession(owner, { title });
    answerId = (await post(owner, sessionId, 'A secret question')).answer.id;
    llm.say('A secret answer', END);
    await ended(owner, sessionId);
  });

  it('are nobody’s business among users and in other tenants', async () => {
    for (const stranger of [await api.person('user'), await api.person('owner', 't2')]) {
      await expect(api.ask(stranger, SESSION, { id: sessionId })).rejects.toThrow('no such object');
      await expect(api.ask(stranger, SESSION, { id: answerId })).rejects.toThrow('no such object');
      expect((await api.ask(stranger, SESSIONS)).chatSessions.nodes).toEqual([]);
      expect((await api.ask(stranger, RUNS)).runs.nodes).toEqual([]);
      expect((await post(stranger, sessionId, 'May I?')).errors).toMatchObject([{ code: 'E4041', rule: 'chat_session_unknown' }]);
      expect(((await api.follow(stranger, STREAM, { id: answerId })) as ExecutionResult).errors).toMatchObject([{ message: expect.stringContaining('no such answer') }]);
    }
  });

  it('are hidden from operators, who see that there is a chat', async () => {
    for (const role of ['owner', 'admin', 'auditor'] as const) {
      const operator = await api.person(role);
      const { node } = await api.ask(operator, SESSION, { id: sessionId });
      expect(node).toMatchObject({ title: 'Private chat', messageCount: 2, messages: { nodes: [{ text: null }, { text: null, state: 'COMPLETE', run: {} }] } });
      expect((await api.ask(operator, SESSIONS)).chatSessions.nodes).toEqual([]);
      expect(((await api.follow(operator, STREAM, { id: answerId })) as ExecutionResult).errors).toHaveLength(1);
    }
  });

  it('can be searched by title and are listed by their owner, newest first', async () => {
    const other = await openSession(owner, { title: 'Other' });
    const { chatSessions } = await api.ask(owner, SESSIONS);
    expect(chatSessions.nodes).toMatchObject([{ id: other, messages: { nodes: [] } }, { id: sessionId, title, messages: { nodes: [{ text: 'A secret answer' }] } }]);
    expect((await api.ask(owner, SESSIONS, { filter: { search: 'SECRET' } })).chatSessions.nodes).toMatchObject([{ id: sessionId }]);
  });

  it('are told to the owner as they change, and masked for operators', async () => {
    const session = await openSession(owner);
    const follow = async (who: Person) => (await api.follow(who, 'subscription ($id: ID!) { messageChanged(sessionId: $id) { node { role state text } } }', { id: session })) as AsyncGenerator<{ data: any }>;
    const feeds = [await follow(owner), await follow(await api.person('auditor'))];
    for (const feed of feeds) expect((await feed.next()).value.data.messageChanged.node).toBeNull();
    await post(owner, session, 'Hello?');
    llm.say('Hi.', END);
    const lastOf = async (feed: AsyncGenerator<{ data: any }>) => {
      for await (const { data: { messageChanged: { node } } } of feed) if (node.role === 'ASSISTANT' && node.state === 'COMPLETE') return node.text;
    };
    expect(await Promise.all(feeds.map(lastOf))).toEqual(['Hi.', null]);
  });

  it('are not in the log, neither in events nor in what they say about them', async () => {
    for await (const { data, metadata } of api.store.readAll()) expect(JSON.stringify([data, metadata])).not.toMatch(/secret|Hello\?|Hi\./i);
  });

  it('are read for all sessions of a list at once', async () => {
    const before = api.statements.length;
    await api.ask(owner, SESSIONS);
    expect(api.statements.length - before).toBe(2);
  });
});

describe('auditors', () => {
  it('do not chat', async () => {
    await expect(api.ask(await api.person('auditor'), OPEN, { input: {} })).rejects.toThrow('Your role does not allow this');
  });
});
