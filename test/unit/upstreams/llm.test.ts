import { RefusedError } from '../../../schema/errors/catalogue';
import { createGateway, type Gateway } from '../../../src/outbound/gateway';
import { OutboundError } from '../../../src/outbound/outbound-error';
import { simulatedAnswer } from '../../../src/simulated/answers';
import { createLlm, LLM, type ChatPart, type Llm } from '../../../src/upstreams/llm';
import { startOpenAiStandIn } from '../../upstreams/openai';
import { startStandIn, type Fault, type StandIn } from '../../upstreams/stand-in';

const limits = { idleTimeoutMs: 20_000, totalTimeoutMs: 25_000, maxBytes: 200_000 };
/** Milliseconds of silence, where silence is what is looked at. */
const SHORT = 150;
const question = 'What is a ledger?';
const open: { close(): Promise<void> }[] = [];

function llmOf(vendor: StandIn, more: Partial<typeof limits> = {}): Llm {
  const gateway: Gateway = createGateway({ upstreams: [{ name: LLM, baseUrl: vendor.url, secret: vendor.secret, allowPrivate: true }] });
  open.push(gateway);
  return createLlm({ gateway, limits: { ...limits, ...more } });
}

/** A vendor whose stream is exactly this. */
async function saying(body: string, contentType = 'text/event-stream'): Promise<Llm> {
  const vendor = await startStandIn(() => ({ status: 200, contentType, body }), 'test-not-a-key');
  open.push(vendor);
  return llmOf(vendor);
}

let vendor: StandIn;
beforeEach(async () => {
  vendor = await startOpenAiStandIn();
  open.push(vendor);
});
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function readAll(answer: AsyncIterable<ChatPart>, into: ChatPart[] = []): Promise<void> {
  for await (const part of answer) into.push(part);
}

async function ask(llm: Llm, content = question, signal?: AbortSignal): Promise<{ text: string; parts: ChatPart[] }> {
  const parts: ChatPart[] = [];
  await readAll(llm.streamChat({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }], signal }), parts);
  return { parts, text: parts.map((part) => ('text' in part ? part.text : '')).join('') };
}

async function refusal(attempt: Promise<unknown>): Promise<RefusedError['refusal']> {
  const error = await attempt.then(() => undefined, (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RefusedError);
  return (error as RefusedError).refusal;
}

const frame = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const delta = (content: string, finish: string | null = null): string =>
  frame({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] });

describe('an answer', () => {
  it('comes in pieces and then says that it is whole', async () => {
    const { text, parts } = await ask(llmOf(vendor));
    expect(text).toBe(simulatedAnswer(question));
    expect(parts.length).toBeGreaterThan(40);
    const usage = { promptTokens: 4, completionTokens: parts.length - 1 };
    expect(parts.at(-1)).toEqual({ done: { finishReason: 'stop', model: 'gpt-4o-mini', usage } });
    expect(vendor.calls).toMatchObject([{
      method: 'POST',
      path: '/v1/chat/completions',
      token: vendor.secret,
      body: {
        model: 'gpt-4o-mini', messages: [{ role: 'user', content: question }], stream: true, stream_options: { include_usage: true },
      },
    }]);
  });

  it('can be asked for with a leased key', async () => {
    const parts = llmOf(vendor).streamChat({ model: 'm', messages: [{ role: 'user', content: 'x' }], secret: 'leased-not-a-key' });
    expect(await refusal(readAll(parts))).toMatchObject({ rule: 'llm_credentials_refused' });
    expect(vendor.calls[0]!.token).toBe('leased-not-a-key');
  });

  it('is the same however its bytes are cut', async () => {
    vendor.inject({ kind: 'drip', bytes: 7 });
    expect((await ask(llmOf(vendor), '원장이란 무엇인가요? 🦊')).text).toBe(simulatedAnswer('원장이란 무엇인가요? 🦊'));
  });

  it('is read from servers that do it a little differently', async () => {
    const llm = await saying(': OPENROUTER PROCESSING\r\n\r\n'
      + frame({ model: 'other', choices: [{ delta: { role: 'assistant', content: null } }] })
      + 'event: x\rdata: {"choices":[{"index":1,"delta":{"content":"not this"}},\rdata: {"index":0,"delta":{"content":"A"}}]}\r\r'
      + frame({ choices: [], usage: null })
      + delta('B', 'length')
      + frame({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } }));
    const done = { finishReason: 'length', model: 'other', usage: { promptTokens: 1, completionTokens: 2 } };
    expect((await ask(llm)).parts).toEqual([{ text: 'A' }, { text: 'B' }, { done }]);
  });

  it('is over at [DONE], whatever follows', async () => {
    expect((await ask(await saying(`${delta('A')}data: [DONE]\n\n${delta('B')}`))).text).toBe('A');
  });

  it('never holds our key, even spelled over several pieces', async () => {
    const llm = await saying(`${delta('your key is test-')}${delta('not-a-')}${delta('key, is it?', 'stop')}`);
    expect((await ask(llm)).text).toBe('your key is [secret removed], is it?');
  });
});

describe('a failure', () => {
  it.each<[string, number, unknown, object]>([
    ['a wrong key', 401, undefined, { code: 'E5003', rule: 'llm_credentials_refused' }],
    ['a forbidden model', 403, undefined, { code: 'E5003', rule: 'llm_credentials_refused' }],
    ['an unknown model', 404, undefined, { code: 'E5004', rule: 'llm_request_refused' }],
    ['a bad request', 400, { error: { message: 'context too long' } }, { code: 'E5004', rule: 'llm_request_refused' }],
    ['too many requests', 429, undefined, { code: 'E4291', rule: 'llm_rate_limited', retryAfterMs: 7_000 }],
    ['no quota left', 429, { error: { message: 'You exceeded your current quota' } }, { code: 'E4291', rule: 'llm_quota_used_up' }],
    ['no money left', 402, undefined, { code: 'E4291', rule: 'llm_quota_used_up' }],
    ['a failing model', 500, undefined, { code: 'E5004', rule: 'llm_failed' }],
    ['an outage', 503, undefined, { code: 'E5003', rule: 'llm_unavailable' }],
    ['an overload', 529, undefined, { code: 'E5003', rule: 'llm_unavailable' }],
    ['a late gateway', 504, undefined, { code: 'E5041', rule: 'llm_timeout' }],
  ])('of %s (%d) has its code', async (_what, status, body, expected) => {
    vendor.inject({ kind: 'status', status, body, headers: { 'retry-after': '7' } });
    expect(await refusal(ask(llmOf(vendor)))).toMatchObject({ ...expected, details: { status } });
    expect(vendor.calls).toHaveLength(1);
  });

  it.each<[string, Fault, string, string]>([
    ['silence from the start', { kind: 'hang' }, 'E5041', 'llm_timeout'],
    ['silence in the middle', { kind: 'cut', bytes: 900, then: 'hang' }, 'E5041', 'llm_timeout'],
    ['a connection that breaks in the middle', { kind: 'cut', bytes: 900, then: 'drop' }, 'E5004', 'llm_answer_truncated'],
    ['a connection that breaks at once', { kind: 'drop' }, 'E5003', 'llm_unavailable'],
    ['garbage', { kind: 'garbage' }, 'E5004', 'llm_answer_truncated'],
    ['compression', { kind: 'gzip' }, 'E5004', 'llm_answer_invalid'],
    ['a redirect', { kind: 'status', status: 302, headers: { location: 'http://127.0.0.1/' } }, 'E5003', 'llm_unavailable'],
  ])('of the wire (%s) has its code', async (_what, fault, code, rule) => {
    vendor.inject(fault);
    expect(await refusal(ask(llmOf(vendor, rule === 'llm_timeout' ? { idleTimeoutMs: SHORT } : {})))).toMatchObject({ code, rule });
  });

  it.each<[string, string, string, string]>([
    ['no JSON', `${delta('A')}data: {oops\n\n`, 'E5004', 'llm_answer_invalid'],
    ['another shape', `${delta('A')}${frame({ choices: 'none' })}`, 'E5004', 'llm_answer_invalid'],
    ['an end without an end', delta('A'), 'E5004', 'llm_answer_truncated'],
    ['nothing', '', 'E5004', 'llm_answer_truncated'],
    ['an endless event', `data: ${'x'.repeat(260_000)}`, 'E5004', 'llm_answer_invalid'],
    ['an error object', delta('A') + frame({ error: { message: 'engine died', type: 'server_error', code: null } }), 'E5004', 'llm_failed'],
    ['an error with a status', frame({ error: { message: 'overloaded', code: 503 } }), 'E5003', 'llm_unavailable'],
    ['an error with a name', frame({ error: { message: 'slow down', type: 'rate_limit_error' } }), 'E4291', 'llm_rate_limited'],
    ['an error as text', frame({ error: 'boom' }), 'E5004', 'llm_failed'],
    ['an error as finish reason', delta('A', 'error'), 'E5004', 'llm_failed'],
  ])('inside the stream (%s) has its code', async (_what, body, code, rule) => {
    expect(await refusal(ask(await saying(body)))).toMatchObject({ code, rule });
  });

  it('of size or of content type has its code', async () => {
    expect(await refusal(ask(await saying(delta('x'.repeat(1_000)).repeat(300))))).toMatchObject({ rule: 'llm_answer_invalid' });
    expect(await refusal(ask(await saying('{}', 'application/json')))).toMatchObject({ rule: 'llm_answer_invalid' });
  });

  it('keeps the pieces that came before it', async () => {
    const parts: ChatPart[] = [];
    const llm = await saying(delta('A') + delta('B'));
    expect(await refusal(readAll(llm.streamChat({ model: 'm', messages: [] }), parts))).toMatchObject({ rule: 'llm_answer_truncated' });
    expect(parts).toEqual([{ text: 'A' }, { text: 'B' }]);
  });

  it('tells people nothing of what the provider said', async () => {
    vendor.inject({ kind: 'status', status: 500, body: { error: { message: `internal host 10.0.0.7, key ${vendor.secret}` } } });
    const error = await ask(llmOf(vendor)).catch((thrown: RefusedError) => thrown) as RefusedError;
    expect(JSON.stringify(error.refusal)).not.toMatch(/10\.0\.0\.7|not-a-key/);
    expect((error.cause as Error).message).toBe('internal host 10.0.0.7, key [secret removed]');
  });

  it('is none when the caller gives up: the call ends as given up', async () => {
    const giveUp = new AbortController();
    vendor.inject({ kind: 'cut', bytes: 900, then: 'hang' });
    setTimeout(() => giveUp.abort(), 50);
    await expect(ask(llmOf(vendor), question, giveUp.signal)).rejects.toThrow(OutboundError);
  });
});
