import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { simulatedAnswer } from './answers';
import { json, type Call, type Handler, type Reply } from './http-server';

export interface OpenAiProtocol {
  apiKey: string;
  models: readonly string[];
  /** Milliseconds between two pieces of an answer. */
  pieceDelayMs: number;
  now(): Date;
}

const completion = z.looseObject({
  model: z.string().min(1),
  messages: z.array(z.looseObject({ role: z.string(), content: z.string() })).nonempty(),
  stream: z.boolean().default(false),
  stream_options: z.looseObject({ include_usage: z.boolean().default(false) }).nullish(),
});
type Completion = z.infer<typeof completion>;

const SLOWER = 10;

/**
 * OpenAI's chat completions (streamed or whole) and model list. The newest question may begin with `/fail` (the provider
 * is down), `/hang` (the answer stops in the middle and never ends) or `/slow` (ten times slower), to see what happens then.
 */
export function openAiHandler(protocol: OpenAiProtocol): Handler {
  return (call) => {
    if (call.token !== protocol.apiKey) return error(401, 'Incorrect API key provided.', 'invalid_request_error', 'invalid_api_key');
    const route = `${call.method} ${call.path}`;
    if (route === 'GET /v1/models') {
      return json(200, { object: 'list', data: protocol.models.map((id) => ({ id, object: 'model', created: 0, owned_by: 'simulated' })) });
    }
    if (route !== 'POST /v1/chat/completions') return error(404, `Unknown request URL: ${route}.`, 'invalid_request_error', 'unknown_url');
    const parsed = completion.safeParse(call.body);
    if (!parsed.success) return error(400, `Invalid body: ${parsed.error.issues[0]?.path.join('.')}`, 'invalid_request_error', null);
    return complete(protocol, parsed.data, call.signal);
  };
}

function complete(protocol: OpenAiProtocol, request: Completion, signal: Call['signal']): Reply {
  const question = request.messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const order = /^\s*\/(fail|hang|slow)\b/.exec(question)?.[1];
  if (order === 'fail') return error(503, 'The simulated provider is down, as you asked.', 'server_error', 'service_unavailable');
  const pieces = simulatedAnswer(question.replace(/^\s*\/\w+\s*/, '') || question).match(/\S+\s*/g) ?? [];
  const usage = usageOf(request, pieces.length);
  const { model } = request;
  const id = `chatcmpl-${createHash('sha256').update(JSON.stringify(request.messages)).digest('hex').slice(0, 24)}`;
  const created = Math.floor(protocol.now().getTime() / 1_000);
  if (!request.stream) {
    const message = { role: 'assistant', content: pieces.join('') };
    return json(200, { id, object: 'chat.completion', created, model, choices: [{ index: 0, message, finish_reason: 'stop' }], usage });
  }

  const frame = (rest: object): string => `data: ${JSON.stringify({ id, object: 'chat.completion.chunk', created, model, ...rest })}\n\n`;
  const delta = (content: object, finish: string | null): string =>
    frame({ choices: [{ index: 0, delta: content, finish_reason: finish }] });
  const pause = protocol.pieceDelayMs * (order === 'slow' ? SLOWER : 1);
  const stopAfter = order === 'hang' ? Math.ceil(pieces.length / 4) : pieces.length;

  async function* frames(): AsyncGenerator<string> {
    yield delta({ role: 'assistant', content: '' }, null);
    for (const piece of pieces.slice(0, stopAfter)) {
      if (pause > 0 && !await waited(pause, signal)) return;
      yield delta({ content: piece }, null);
    }
    if (order === 'hang') {
      await hungUp(signal);
      return;
    }
    yield delta({}, 'stop');
    if (request.stream_options?.include_usage) yield frame({ choices: [], usage });
    yield 'data: [DONE]\n\n';
  }
  return { status: 200, contentType: 'text/event-stream', body: frames() };
}

/** @returns false when the caller hung up meanwhile */
function waited(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return sleep(milliseconds, true, { signal }).catch(() => false);
}

function hungUp(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** One token a word: nothing is billed here, the figures only have to be plausible and stable. */
function usageOf({ messages }: Completion, completionTokens: number): Record<string, number> {
  const promptTokens = messages.reduce((sum, { content }) => sum + (content.match(/\S+/g)?.length ?? 0), 0);
  return { prompt_tokens: promptTokens, completion_tokens: completionTokens, total_tokens: promptTokens + completionTokens };
}

const error = (status: number, message: string, type: string, code: string | null): Reply =>
  json(status, { error: { message, type, param: null, code } });
