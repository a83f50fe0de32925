import { randomUUID } from 'node:crypto';
import { run, type RunCommand } from '../../../commands/run/decider';
import { DIAGNOSE_RUN, diagnoseRunsReactor, diagnoseRunTask } from '../../../commands/run/diagnose-run';
import { parametersPlace, responsePlace } from '../../../commands/run/sealed-places';
import type { RunEvent } from '../../../schema/run/events';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import type { CommandContext, CommandRuntime } from '../../../src/command-runtime/port';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import type { EventStore, RecordedEvent } from '../../../src/event-store/port';
import { createGateway, type Gateway } from '../../../src/outbound/gateway';
import type { Projected } from '../../../src/projection-runtime/projector';
import { createLlm, LLM } from '../../../src/upstreams/llm';
import type { Vault } from '../../../src/vault/port';
import { openPlain, sealedText } from '../../support/sealed';
import { startOpenAiStandIn, type OpenAiStandIn } from '../../upstreams/openai';

const TENANT = 't1';
const MODEL = 'gpt-4o-mini';
const CANARY = 'QWXZ-test-not-a-key';

let erased: boolean;
const vault = {
  seal: async ({ subject, field }: { subject: string; field: string }, text: string) => sealedText(subject, field, text),
  open: async (_tenant: string, sealed: readonly ReturnType<typeof sealedText>[]) => sealed.map((one) => (erased ? null : openPlain(one))),
} as unknown as Vault;

let warnings: string[];
const log = { warn: (details: object, message: string) => void warnings.push(`${message} ${JSON.stringify(details)}`) };

let model: OpenAiStandIn;
let gateway: Gateway;
let store: EventStore;
let commands: CommandRuntime;

beforeEach(async () => {
  erased = false;
  warnings = [];
  model = await startOpenAiStandIn();
  gateway = createGateway({ upstreams: [{ name: LLM, baseUrl: model.url, secret: model.secret, allowPrivate: true }] });
  store = createInMemoryEventStore();
  commands = createCommandRuntime({ store });
});
afterEach(async () => {
  await commands.close();
  await store.close();
  await gateway.close();
  await model.close();
});

const report = { summary: 'No credit.', likely_causes: ['Used up'], recommended_fixes: ['Buy credit'], next_checks: ['Look'] };
const recorded = { summary: 'No credit.', likelyCauses: ['Used up'], recommendedFixes: ['Buy credit'], nextChecks: ['Look'] };

const context = (): CommandContext => {
  const id = randomUUID();
  return { commandId: id, correlationId: id, causationId: id, actor: { kind: 'system', id: 'test' }, tenant: TENANT };
};

async function act(command: RunCommand): Promise<void> {
  expect(await commands.execute(run, 'r1', command, context())).toMatchObject({ accepted: true });
}

async function request(parameters: unknown = { prompt: 'a lighthouse', options: null }): Promise<void> {
  const sealed = sealedText(parametersPlace({ tenant: TENANT, runId: 'r1' }).subject, 'parameters', JSON.stringify(parameters));
  await act({
    type: 'RequestRun',
    request: {
      runId: 'r1', kind: 'image', model: 'midjourney', provider: 'legnext', requestedBy: 'u1', simulated: false,
      generation: {
        operation: 'legnext_diffusion', pool: 'legnext', scenario: null, parameters: sealed,
        autoPoll: true, pollIntervalMs: 2_000, maxWaitMs: 120_000, maxQueueMs: 120_000, at: 0,
      },
    },
  });
}

async function fail(attempt = 1, response: unknown = { status: 402, body: { code: 402, message: 'insufficient quota' } }): Promise<void> {
  const { subject, field } = responsePlace({ tenant: TENANT, runId: 'r1' }, attempt);
  await act({
    type: 'FailRun', attempt, code: 'E5003', reason: 'insufficient quota', durationMs: 20, category: 'quota', httpStatus: 402, serviceCode: null,
    response: sealedText(subject, field, typeof response === 'string' ? response : JSON.stringify(response)),
  });
}

async function eventsOf(): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of store.readStream('run-r1')) events.push(event);
  return events;
}

/** The jobs that the newest failure asks for. */
async function jobs(): Promise<ReturnType<typeof diagnoseRunsReactor.react>> {
  const failed = (await eventsOf()).findLast(({ type }) => type === 'RunFailed')!;
  return diagnoseRunsReactor.react([{ ...failed, at: failed } as unknown as Projected<Extract<RunEvent, { type: 'RunFailed' }>>]);
}

async function diagnose(
  { simulatedLlm = false, signal = new AbortController().signal, job }: { simulatedLlm?: boolean; signal?: AbortSignal; job?: unknown } = {},
): Promise<void> {
  const payload = job ?? JSON.parse(JSON.stringify((await jobs())[0]!.payload));
  const task = diagnoseRunTask({ commands, vault, llm: createLlm({ gateway }), llmModel: MODEL, simulatedLlm, log });
  await task(payload, { jobId: '1', attempt: 1, maxAttempts: 25, signal });
}

async function diagnoses(): Promise<unknown[]> {
  const found = (await eventsOf()).filter(({ type }) => type === 'RunDiagnosed').map(({ data }) => data as Extract<RunEvent, { type: 'RunDiagnosed' }>['data']);
  return found.map(({ attempt, model: by, report: sealed }) => ({ attempt, by, field: sealed.field, report: JSON.parse(openPlain(sealed)) as unknown }));
}

const asked = (): { temperature: number; model: string; messages: { role: string; content: string }[] } => model.calls[0]!.body as ReturnType<typeof asked>;

describe('TEST-62: a model is asked about a failure', () => {
  it('with the redacted request and answer, at temperature 0.2, and what it says is recorded', async () => {
    await request();
    await fail();
    model.says = JSON.stringify(report);
    await diagnose();
    expect(asked()).toMatchObject({ model: MODEL, temperature: 0.2 });
    const { content } = asked().messages.at(-1)!;
    for (const known of ['legnext_diffusion', '"category":"quota"', '"httpStatus":402', 'a lighthouse', 'insufficient quota']) expect(content).toContain(known);
    expect(await diagnoses()).toEqual([{ attempt: 1, by: MODEL, field: 'report.1', report: recorded }]);
  });

  it('and sees no secret', async () => {
    await request({ prompt: 'a lighthouse', options: null, api_key: CANARY, nested: [{ Authorization: `Bearer ${CANARY}` }] });
    await fail(1, { status: 401, body: { detail: { 'x-api-key': CANARY, token: CANARY } } });
    model.says = JSON.stringify(report);
    await diagnose();
    expect(model.calls).toHaveLength(1);
    expect(JSON.stringify(model.calls[0]!.body)).not.toContain(CANARY);
  });

  it('and is shown 3,000 characters of each at most', async () => {
    await request({ prompt: 'p'.repeat(8_000), options: null });
    await fail(1, 'r'.repeat(8_000));
    model.says = JSON.stringify(report);
    await diagnose();
    const { content } = asked().messages.at(-1)!;
    expect(content.match(/p{20,}/)![0]!.length).toBeLessThanOrEqual(3_000);
    expect(content.match(/r{20,}/)![0]).toHaveLength(3_000);
    expect(content.length).toBeLessThan(6_500);
  });

  it.each([
    ['bare', JSON.stringify(report)],
    ['in a code fence', `\`\`\`json\n${JSON.stringify(report, null, 2)}\n\`\`\``],
    ['among words', `Sure {really}! Here "it" is: ${JSON.stringify(report)} And {"summary": "another"}`],
    ['with more than was asked for', JSON.stringify({ ...report, category: 'network', confidence: 0.9 })],
  ])('and understood when its answer is %s', async (_what, says) => {
    await request();
    await fail();
    model.says = says;
    await diagnose();
    expect(await diagnoses()).toMatchObject([{ report: recorded }]);
  });

  it('and understood when there are braces and quotes in its texts', async () => {
    await request();
    await fail();
    model.says = `{x} ${JSON.stringify({ ...report, summary: 'It says "}" and {.' })}`;
    await diagnose();
    expect(await diagnoses()).toMatchObject([{ report: { ...recorded, summary: 'It says "}" and {.' } }]);
  });

  it('and its texts are cut to what people read', async () => {
    await request();
    await fail();
    model.says = JSON.stringify({ summary: ` Two\nlines\u0007 ${'s'.repeat(900)}`, likely_causes: Array(50).fill('c'), recommended_fixes: ['', ' '], next_checks: [] });
    await diagnose();
    const [{ report: kept }] = (await diagnoses()) as [{ report: typeof recorded }];
    expect(kept.summary).toMatch(/^Two lines s+…$/);
    expect(kept.summary).toHaveLength(500);
    expect([kept.likelyCauses.length, kept.recommendedFixes, kept.nextChecks]).toEqual([8, [], []]);
  });
});

describe('TEST-63: whatever goes wrong with the model, the failure and its category stay as they were', () => {
  afterEach(async () => {
    const events = await eventsOf();
    expect(events.map(({ type }) => type)).toEqual(['RunRequested', 'RunFailed']);
    expect(events[1]!.data).toMatchObject({ category: 'quota' });
  });

  it.each([
    ['it is down', { kind: 'status', status: 500 }], ['it refuses our key', { kind: 'status', status: 401 }], ['it hangs up', { kind: 'drop' }],
    ['its answer breaks off', { kind: 'cut', bytes: 30, then: 'drop' }], ['it answers in another protocol', { kind: 'garbage' }],
  ] as const)('%s', async (_what, fault) => {
    await request();
    await fail();
    model.inject(fault);
    await diagnose();
    expect(model.calls).toHaveLength(1);
    expect(warnings).toEqual([expect.stringMatching(/^A model could not be asked about a failed run .*"runId":"r1","error":"\w/)]);
    expect(warnings.join()).not.toContain(model.secret);
  });

  it.each([
    ['chats', 'I think the credit is used up.'], ['says half', '{"summary": "No cre'], ['says nothing', ''], ['says nothing in an object', '{}'],
    ['leaves the summary empty', JSON.stringify({ ...report, summary: ' \n' })], ['gives a text for a list', JSON.stringify({ ...report, next_checks: 'Look' })],
    ['gives numbers', JSON.stringify({ ...report, likely_causes: [1] })], ['leaves a list out', JSON.stringify({ summary: 'x' })],
    ['says braces', '{'.repeat(8_000) + '}'.repeat(8_000)], ['does not end', `{"summary": "${'x'.repeat(40_000)}"}`],
  ])('TEST-61: it %s', async (_what, says) => {
    await request();
    await fail();
    model.says = says;
    await diagnose();
    expect(model.calls).toHaveLength(1);
    expect(warnings).toEqual(['What a model says about a failed run is no report {"runId":"r1"}']);
  });

  it('there is no model but the built-in one', async () => {
    await request();
    await fail();
    await diagnose({ simulatedLlm: true });
    expect(model.calls).toHaveLength(0);
  });

  it('the texts of the run were erased', async () => {
    await request();
    await fail();
    erased = true;
    await diagnose();
    expect(model.calls).toHaveLength(0);
  });

  it('the server stops meanwhile, and the job is run again', async () => {
    await request();
    await fail();
    const stop = new AbortController();
    model.inject({ kind: 'hang' });
    const stopped = diagnose({ signal: stop.signal });
    stop.abort();
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('only the newest failure is diagnosed', () => {
  it('once', async () => {
    await request();
    await fail();
    model.says = JSON.stringify(report);
    const [job] = await jobs();
    await diagnose({ job: job!.payload });
    await diagnose({ job: job!.payload });
    expect(await diagnoses()).toHaveLength(1);
    expect(model.calls).toHaveLength(1);
  });

  it('and not one that was followed by another attempt', async () => {
    await request();
    await fail();
    const [first] = await jobs();
    await act({ type: 'RetryRun', attempt: 2, at: 1 });
    model.says = JSON.stringify(report);
    await diagnose({ job: first!.payload });
    expect(model.calls).toHaveLength(0);
    await fail(2);
    await diagnose({ job: first!.payload });
    expect(model.calls).toHaveLength(0);
    await diagnose();
    expect(await diagnoses()).toMatchObject([{ attempt: 2, field: 'report.2' }]);
  });

  it('and the jobs of one run replace each other, one after the other', async () => {
    await request();
    await fail();
    expect(await jobs()).toMatchObject([{ kind: 'job', task: DIAGNOSE_RUN, jobKey: `${DIAGNOSE_RUN}:r1`, queue: DIAGNOSE_RUN }]);
  });
});

it('what failed without a category, as chats do, is not diagnosed', async () => {
  await request();
  await act({ type: 'FailRun', code: 'E5031', reason: 'Interrupted.', durationMs: 1 });
  expect(await jobs()).toEqual([]);
});
