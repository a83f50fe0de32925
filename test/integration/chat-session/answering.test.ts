import { randomBytes, randomUUID } from 'node:crypto';
import { MODEL_ATTEMPTS, type AnswerJob } from '../../../commands/chat-session/answering';
import { answerOf, chatSession } from '../../../commands/chat-session/decider';
import { answerMessagesReactor, answerMessageTask } from '../../../commands/chat-session/reactor';
import { messagePlace, titlePlace } from '../../../commands/chat-session/sealed-places';
import type { ChatSessionEvent } from '../../../schema/chat-session/events';
import { RefusedError } from '../../../schema/errors/catalogue';
import type { Auth } from '../../../src/auth/port';
import type { CommandContext, CommandRuntime } from '../../../src/command-runtime/port';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import type { EventStore, RecordedEvent } from '../../../src/event-store/port';
import { createOutputStreams } from '../../../src/live/output-streams';
import type { Projected } from '../../../src/projection-runtime/projector';
import type { ChatPart, ChatRequest, Llm } from '../../../src/upstreams/llm';
import { createVault, type ErasingVault } from '../../../src/vault/vault';
import { authOn } from '../../support/auth';
import { deactivateUser, grantTenant, logUser } from '../../support/some-user';
import { createSetting, type Setting } from '../projection-runtime/setting';

const TENANT = 't1';
const POSTED_AT = '2026-01-01T00:00:00.000Z';

let setting: Setting;
let outputs: ReturnType<typeof createOutputStreams>;
let vault: ErasingVault;
let auth: Auth;
let store: EventStore;
let commands: CommandRuntime;

beforeAll(async () => {
  setting = await createSetting();
  outputs = createOutputStreams(setting);
  vault = await createVault({ pool: setting.pool, masterKey: randomBytes(32) });
  auth = authOn(setting.pool, { clock: () => new Date(POSTED_AT) });
});
afterAll(async () => {
  await outputs.close();
  await setting.close();
});
beforeEach(async () => {
  store = createInMemoryEventStore();
  commands = createCommandRuntime({ store });
  await logUser(commands, { userId: 'u1', tenantId: TENANT });
});
afterEach(async () => {
  await commands.close();
  await store.close();
});

const command = (): CommandContext => {
  const id = randomUUID();
  return { commandId: id, correlationId: id, causationId: id, actor: { kind: 'user', id: 'u1' }, tenant: TENANT };
};

async function openSession(): Promise<string> {
  const sessionId = randomUUID();
  const title = await vault.seal(titlePlace(TENANT, sessionId), 'Plans');
  await commands.execute(chatSession, sessionId, { type: 'OpenChatSession', sessionId, ownerId: 'u1', title, model: 'gpt-4o-mini' }, command());
  return sessionId;
}

/** A question as `postMessage` leaves it, and the job that its event asks for. */
async function ask(sessionId: string, question: string): Promise<AnswerJob & { runId: string }> {
  const ids = { messageId: randomUUID(), answerId: randomUUID(), runId: randomUUID() };
  const text = await vault.seal(messagePlace(TENANT, sessionId, ids.messageId), question);
  const { accepted } = await commands.execute(chatSession, sessionId, { type: 'PostMessage', ...ids, text, by: 'u1' }, command());
  expect(accepted).toBe(true);
  const posted = (await eventsOf(`chatSession-${sessionId}`)).findLast(({ type }) => type === 'MessagePosted');
  const [asked] = answerMessagesReactor.react([{ ...posted, at: posted } as unknown as Projected<ChatSessionEvent>]);
  return { ...(asked!.payload as AnswerJob), postedAt: POSTED_AT, runId: ids.runId };
}

async function eventsOf(stream: string): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of store.readStream(stream)) events.push(event);
  return events;
}

const actsOf = async (stream: string): Promise<string[]> => (await eventsOf(stream)).map(({ type }) => type);

/** A model that says these parts; a function among them is called in their place. */
function model(...parts: (ChatPart | (() => unknown))[]): Llm & { asked: ChatRequest[] } {
  const asked: ChatRequest[] = [];
  return {
    asked,
    async* streamChat(request) {
      asked.push(request);
      for (const part of parts) {
        if (typeof part === 'function') await part();
        else yield part;
      }
    },
  };
}

const done: ChatPart = { done: { finishReason: 'stop', usage: { promptTokens: 7, completionTokens: 3 }, model: 'gpt-4o-mini' } };
const refuse = (rule: string) => (): never => {
  throw new RefusedError({ code: 'E5003', rule, message: 'The AI provider is not available right now.' });
};
const never = (): Promise<never> => new Promise(() => {});

function work(llm: Llm, job: AnswerJob, attempt = 1, { through = commands, maxSilenceMs = 5_000, signal = new AbortController().signal } = {}): Promise<void> {
  const clock = (): Date => new Date(Date.parse(POSTED_AT) + 1_500);
  const task = answerMessageTask({ commands: through, vault, auth, llm, outputs, clock, simulatedLlm: true, maxSilenceMs });
  return task(job, { jobId: '1', attempt, maxAttempts: 25, signal });
}

/** What a reader who follows the stream from its start sees. */
async function streamed(answerId: string): Promise<string> {
  let text = '';
  for await (const block of outputs.read(answerId, 0, AbortSignal.timeout(10_000))) text += block.text;
  return text;
}

async function outcomeOf(job: AnswerJob): Promise<unknown> {
  return answerOf((await commands.load(chatSession, job.sessionId)).state, job.answerId)?.outcome;
}

const endOfRun = async (runId: string): Promise<RecordedEvent | undefined> => (await eventsOf(`run-${runId}`)).at(-1);

describe('answer-message', () => {
  it('streams the answer and records it whole, with the run behind it', async () => {
    const sessionId = await openSession();
    const job = await ask(sessionId, 'How far is the moon?');
    const reading = streamed(job.answerId);
    const llm = model({ text: 'About ' }, { text: '384,400 km 🌙' }, done);
    await work(llm, job);

    expect(llm.asked[0]).toMatchObject({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'How far is the moon?' }] });
    expect(await reading).toBe('About 384,400 km 🌙');
    const completed = (await eventsOf(`chatSession-${sessionId}`)).at(-1)!;
    expect(completed).toMatchObject({ type: 'AnswerCompleted', data: { answerId: job.answerId }, metadata: { actor: { kind: 'system', id: 'answer_messages' } } });
    expect(await vault.open(TENANT, [completed.data.text as never])).toEqual(['About 384,400 km 🌙']);
    expect(JSON.stringify((await eventsOf(`chatSession-${sessionId}`)).map(({ data }) => data))).not.toContain('moon');
    expect(await eventsOf(`run-${job.runId}`)).toMatchObject([
      { type: 'RunRequested', data: { kind: 'chat', requestedBy: 'u1', model: 'gpt-4o-mini', provider: 'simulated', simulated: true, sessionId } },
      { type: 'RunStarted', data: { attempt: 1 } },
      { type: 'RunSucceeded', data: { promptTokens: 7, completionTokens: 3, cost: null, durationMs: 1_500, outputRef: null } },
    ]);
  });

  it('records numbers that fit, whatever the provider and the clock say', async () => {
    const job = { ...(await ask(await openSession(), 'Hello?')), postedAt: '1970-01-01T00:00:00.000Z' };
    await work(model({ text: 'Hi.' }, { done: { finishReason: 'stop', usage: { promptTokens: 1e15, completionTokens: 0 }, model: 'm' } }), job);
    expect(await endOfRun(job.runId)).toMatchObject({ data: { promptTokens: 2_147_483_647, completionTokens: 0, durationMs: 2_147_483_647 } });
  });

  it('sends what was said before along with the next question', async () => {
    const sessionId = await openSession();
    await work(model({ text: 'Fine.' }, done), await ask(sessionId, 'How are you?'));
    const llm = model({ text: 'Good.' }, done);
    await work(llm, await ask(sessionId, 'And now?'));
    expect(llm.asked[0]!.messages).toEqual([
      { role: 'user', content: 'How are you?' }, { role: 'assistant', content: 'Fine.' }, { role: 'user', content: 'And now?' },
    ]);
  });

  it('asks again when the provider is away for a moment', async () => {
    const job = await ask(await openSession(), 'Hello?');
    await expect(work(model(refuse('llm_unavailable')), job, 1)).rejects.toThrow('not available');
    expect(await outcomeOf(job)).toEqual({ kind: 'running', begun: false });
    await work(model({ text: 'Hi.' }, done), job, 2);
    expect(await outcomeOf(job)).toEqual({ kind: 'completed' });
    expect(await actsOf(`run-${job.runId}`)).toEqual(['RunRequested', 'RunStarted', 'RunStarted', 'RunSucceeded']);
  });

  it('fails visibly when the provider stays away, says a plain no, or says nothing', async () => {
    const cases: [Llm, number, object][] = [
      [model(refuse('llm_unavailable')), MODEL_ATTEMPTS, { kind: 'failed', code: 'E5003', reason: 'The AI provider is not available right now.' }],
      [model(refuse('llm_credentials_refused')), 1, { kind: 'failed', code: 'E5003', reason: 'The AI provider is not available right now.' }],
      [model(done), 1, { kind: 'failed', code: 'E5004', reason: 'The AI model gave an empty answer.' }],
    ];
    for (const [llm, attempt, outcome] of cases) {
      const sessionId = await openSession();
      const job = await ask(sessionId, 'Hello?');
      await work(llm, job, attempt);
      expect(await outcomeOf(job)).toEqual(outcome);
      expect(await endOfRun(job.runId)).toMatchObject({ type: 'RunFailed', data: { code: (outcome as { code: string }).code } });
      expect(await streamed(job.answerId)).toBe('');
      await ask(sessionId, 'Once more?');
    }
  });

  it('costs nothing of the day when it fails, and counts when it does not', async () => {
    const counted = async (): Promise<number> => (await auth.usage.of(['u1']))[0]!.dailyRequests;
    await auth.usage.count('u1');
    const before = await counted();
    await work(model({ text: 'Hi.' }, done), await ask(await openSession(), 'Hello?'));
    expect(await counted()).toBe(before);
    const job = await ask(await openSession(), 'Hello?');
    await work(model(done), job);
    await work(model(done), job, 2);
    expect(await counted()).toBe(before - 1);
  });

  it('fails with a timeout when the model hangs, before or after its first words', async () => {
    for (const words of [[], [{ text: 'Well' }]]) {
      const job = await ask(await openSession(), 'Hello?');
      await work(model(...words, never), job, 1, { maxSilenceMs: 60 });
      expect(await outcomeOf(job)).toMatchObject({ kind: 'failed', code: 'E5041' });
      expect(await endOfRun(job.runId)).toMatchObject({ type: 'RunFailed', data: { code: 'E5041' } });
      expect(await streamed(job.answerId)).toBe(words.map(({ text }) => text).join(''));
    }
  });

  it('fault 57: tells the provider to stop when the answer ends early', async () => {
    const job = await ask(await openSession(), 'Hello?');
    const llm = model(never);
    await work(llm, job, 1, { maxSilenceMs: 30 });
    expect(llm.asked[0]!.signal?.aborted).toBe(true);
  });

  it('fails a broken answer at once, because words were seen', async () => {
    const job = await ask(await openSession(), 'Hello?');
    await work(model({ text: 'x'.repeat(2_000) }, refuse('llm_unavailable')), job, 1);
    expect(await outcomeOf(job)).toMatchObject({ kind: 'failed', code: 'E5003' });
    expect(await streamed(job.answerId)).toBe('x'.repeat(2_000));
  });

  it('is interrupted, not begun anew, when it died after words were seen', async () => {
    const job = await ask(await openSession(), 'Hello?');
    const killed = (): never => { throw new Error('killed'); };
    await expect(work(model({ text: 'x'.repeat(2_000) }, killed), job, 1)).rejects.toThrow('killed');
    expect(await outcomeOf(job)).toEqual({ kind: 'running', begun: true });

    const again = model({ text: 'another answer' }, done);
    await work(again, job, 2);
    expect(again.asked).toEqual([]);
    expect(await outcomeOf(job)).toMatchObject({ kind: 'failed', code: 'E5031' });
    expect(await endOfRun(job.runId)).toMatchObject({ type: 'RunFailed', data: { code: 'E5031' } });
    expect(await streamed(job.answerId)).toBe('x'.repeat(2_000));
  });

  it('is asked again when it died before any word', async () => {
    const job = await ask(await openSession(), 'Hello?');
    await expect(work(model(() => { throw new Error('killed'); }), job, 1)).rejects.toThrow('killed');
    await work(model({ text: 'Hi.' }, done), job, 2);
    expect(await streamed(job.answerId)).toBe('Hi.');
  });

  it.each(['CompleteAnswer', 'CompleteRun'])('has one effect when it dies before its %s is sent', async (step) => {
    const job = await ask(await openSession(), 'Hello?');
    const dying = { ...commands, execute: (async (aggregate, id, what, context, answer) => {
      if ((what as { type: string }).type === step) throw new Error('killed');
      return commands.execute(aggregate, id, what, context, answer);
    }) as CommandRuntime['execute'] };
    await expect(work(model({ text: 'Hi.' }, done), job, 1, { through: dying })).rejects.toThrow('killed');
    await work(model({ text: 'Hi again.' }, done), job, 2);
    await work(model({ text: 'And again.' }, done), job, 3);
    const ends = (await actsOf(`chatSession-${job.sessionId}`)).filter((type) => /^Answer(Completed|Failed)$/.test(type));
    expect(ends).toEqual([step === 'CompleteRun' ? 'AnswerCompleted' : 'AnswerFailed']);
    expect(await endOfRun(job.runId)).toMatchObject({ type: step === 'CompleteRun' ? 'RunSucceeded' : 'RunFailed' });
    expect(await streamed(job.answerId)).toBe('Hi.');
  });

  it('only records an end once the model was asked often enough', async () => {
    const job = await ask(await openSession(), 'Hello?');
    const llm = model({ text: 'Hi.' }, done);
    await work(llm, job, MODEL_ATTEMPTS + 1);
    expect(llm.asked).toEqual([]);
    expect(await outcomeOf(job)).toMatchObject({ kind: 'failed', code: 'E5031' });
  });

  it('stops writing when a later try has taken over', async () => {
    const job = await ask(await openSession(), 'Hello?');
    const takenOver = async (): Promise<void> => {
      await outputs.read(job.answerId, 0).next();
      await work(model(), job, 2);
    };
    await expect(work(model({ text: 'x'.repeat(2_000) }, takenOver, { text: 'y'.repeat(2_000) }, done), job, 1)).rejects.toThrow('by another try');
    expect(await outcomeOf(job)).toMatchObject({ kind: 'failed', code: 'E5031' });
    expect(await streamed(job.answerId)).toBe('x'.repeat(2_000));
  });

  it('fails unasked when whoever asked was deactivated meanwhile', async () => {
    const job = await ask(await openSession(), 'How far is the moon?');
    await deactivateUser(commands, { userId: 'u1', tenantId: TENANT });
    const llm = model({ text: 'About' }, done);
    await work(llm, job);
    expect(llm.asked).toEqual([]);
    expect(await outcomeOf(job)).toMatchObject({ kind: 'failed', code: 'B2003' });
  });

  it.each([['the model', { models: ['another'] }], ['chatting at all', { features: ['runs'] }]] as const)(
    'fails unasked when whoever asked lost %s meanwhile', async (_what, grants) => {
      const job = await ask(await openSession(), 'How far is the moon?');
      await grantTenant(commands, TENANT, grants);
      const llm = model({ text: 'About' }, done);
      await work(llm, job);
      expect(llm.asked).toEqual([]);
      expect(await outcomeOf(job)).toMatchObject({ kind: 'failed', code: 'B2003' });
    });

  it('fails when the conversation was erased meanwhile', async () => {
    const sessionId = await openSession();
    const job = await ask(sessionId, 'Hello?');
    await vault.eraseSubject(TENANT, sessionId);
    await work(model({ text: 'Hi.' }, done), job);
    expect(await outcomeOf(job)).toEqual({ kind: 'failed', code: 'B2003', reason: 'The conversation was erased.' });
  });
});
