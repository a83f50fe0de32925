import { z } from 'zod';
import type { Gateway, StreamedAnswer } from '../outbound/gateway';
import { describeError } from './error-body';
import { answerInvalid, answerTruncated, asLlmFailure, refusedByStatus } from './llm-failures';
import { parseSse } from './sse';
import { createTextCleaner } from './text-cleaner';

/** Name under which the gateway must know the OpenAI-compatible endpoint; its base URL usually ends in `/v1`. */
export const LLM = 'llm';

export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

export interface ChatRequest {
  model: string;
  messages: readonly ChatMessage[];
  /** 0 for the most likely words; the provider's own when left out. */
  temperature?: number;
  signal?: AbortSignal;
  /** A leased provider key in place of the configured one. */
  secret?: string;
}

export interface ChatUsage {
  promptTokens: number;
  completionTokens: number;
}

/** Pieces of text, then exactly one `done`. */
export type ChatPart =
  | { text: string }
  | { done: { finishReason: string; usage?: ChatUsage; /** as the provider names the model that answered */ model: string } };

export interface Llm {
  /**
   * Streams one answer. It is whole only when `done` came. Breaking off the iteration ends the call; nothing is repeated,
   * because a second answer would cost a second time.
   * @throws RefusedError E5003 (credentials, outage), E5004 (model failed, unreadable or truncated answer), E4291
   *   (`retryAfterMs` as the provider asked), E5041 (silence or total time); OutboundError `aborted` after `signal`
   */
  streamChat(request: ChatRequest): AsyncIterable<ChatPart>;
}

export interface LlmLimits {
  /** Milliseconds of silence, from the request to the first piece and between pieces. */
  idleTimeoutMs: number;
  /** Milliseconds for the whole answer. */
  totalTimeoutMs: number;
  maxBytes: number;
}

export const DEFAULT_LLM_LIMITS: LlmLimits = { idleTimeoutMs: 60_000, totalTimeoutMs: 600_000, maxBytes: 16 * 1024 * 1024 };

const MAX_ERROR_BYTES = 65_536;

const chunk = z.looseObject({
  model: z.string().optional(),
  choices: z.array(z.looseObject({
    index: z.number().optional(),
    delta: z.looseObject({ content: z.string().nullish() }).nullish(),
    finish_reason: z.string().nullish(),
  })).optional(),
  usage: z.looseObject({ prompt_tokens: z.number().int().nonnegative(), completion_tokens: z.number().int().nonnegative() }).nullish(),
  error: z.union([z.string(), z.looseObject({ code: z.unknown().optional(), type: z.unknown().optional() })]).nullish(),
});

export function createLlm({ gateway, limits = DEFAULT_LLM_LIMITS }: { gateway: Gateway; limits?: LlmLimits }): Llm {
  return {
    async* streamChat({ model, messages, temperature, signal, secret }) {
      let begun = false;
      try {
        const answer = await gateway.stream(LLM, {
          method: 'POST',
          path: '/chat/completions',
          body: JSON.stringify({ model, messages, temperature, stream: true, stream_options: { include_usage: true } }),
          secret,
          signal,
          timeoutMs: limits.totalTimeoutMs,
          idleTimeoutMs: limits.idleTimeoutMs,
          maxBytes: limits.maxBytes,
        });
        for await (const part of readAnswer(answer, model)) {
          begun = true;
          yield part;
        }
      } catch (error) {
        throw asLlmFailure(error, begun);
      }
    },
  };
}

async function* readAnswer(answer: StreamedAnswer, askedModel: string): AsyncGenerator<ChatPart> {
  if (answer.status !== 200) throw refusedByStatus(answer.status, await errorText(answer), answer.retryAfterMs);
  if (!answer.contentType.startsWith('text/event-stream')) throw answerInvalid(`content type ${answer.contentType.slice(0, 100)}`);
  const cleaner = createTextCleaner(answer.scrubber);
  let finishReason: string | undefined;
  let usage: ChatUsage | undefined;
  let model = askedModel;
  for await (const data of parseSse(answer.chunks)) {
    if (data === '[DONE]') {
      finishReason ??= 'stop';
      break;
    }
    const piece = parseChunk(data);
    if (piece.error !== undefined && piece.error !== null) throw errorInStream(piece.error, data);
    model = piece.model ?? model;
    if (piece.usage) usage = { promptTokens: piece.usage.prompt_tokens, completionTokens: piece.usage.completion_tokens };
    const choice = piece.choices?.find(({ index }) => (index ?? 0) === 0);
    finishReason = choice?.finish_reason ?? finishReason;
    const text = choice?.delta?.content ? cleaner.push(choice.delta.content) : '';
    if (text !== '') yield { text };
  }
  // Some servers leave out [DONE]; a finish reason says as clearly that the answer is whole.
  if (finishReason === undefined) throw answerTruncated();
  if (finishReason === 'error') throw refusedByStatus(500, 'finish reason error');
  const rest = cleaner.end();
  if (rest !== '') yield { text: rest };
  yield { done: { finishReason, usage, model } };
}

function parseChunk(data: string): z.infer<typeof chunk> {
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    throw answerInvalid('a piece of the stream is not JSON');
  }
  const parsed = chunk.safeParse(json);
  if (!parsed.success) throw answerInvalid(`a piece of the stream has another shape: ${parsed.error.issues[0]?.path.join('.')}`);
  return parsed.data;
}

/** Providers report trouble in mid-answer as an object whose code is a status, or whose type names one. */
function errorInStream(error: NonNullable<z.infer<typeof chunk>['error']>, data: string): Error {
  const { code, type } = typeof error === 'string' ? { code: undefined, type: undefined } : error;
  const numeric = Number(code);
  const named = /rate_limit|quota/.test(`${String(code)} ${String(type)}`) ? 429 : 500;
  return refusedByStatus(numeric >= 400 && numeric < 600 ? numeric : named, describeError(data));
}

async function errorText({ chunks }: StreamedAnswer): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of chunks) {
    parts.push(part);
    bytes += part.length;
    if (bytes > MAX_ERROR_BYTES) break;
  }
  return describeError(Buffer.concat(parts).toString('utf8'));
}
