import { RefusedError, type ErrorCode } from '../../schema/errors/catalogue';
import type { ChatMessage, ChatPart, ChatUsage, Llm } from '../../src/upstreams/llm';
import { inBatches, SilenceError } from './batches';

/** UTF-16 code units of the longest answer: sealed and as UTF-8 it fits one append to the event store. */
const ANSWER_LENGTH = 128_000;
/** Longer than the silence that the model's client allows, which knows better what went wrong. */
const SILENCE_MS = 75_000;
const BATCH = { maxLength: 1_024, maxDelayMs: 40 };

/** Failures of the provider that may pass in seconds. */
const PASSING: ReadonlySet<string> = new Set(['llm_unavailable', 'llm_rate_limited', 'llm_failed']);

/** The model gave no whole answer; the message is safe to show. */
export class ModelFailure extends Error {
  /** @param passing whether asking again in a moment makes sense */
  constructor(readonly code: ErrorCode, message: string, readonly passing: boolean, cause?: unknown) {
    super(message, { cause });
    this.name = 'ModelFailure';
  }
}

export interface Question {
  model: string;
  messages: readonly ChatMessage[];
  signal: AbortSignal;
  /** Milliseconds without a word after which the model counts as dead. */
  maxSilenceMs?: number;
}

/**
 * Asks the model and hands on its words as they come, a batch at a time.
 * @returns the whole answer, which is exactly all batches
 * @throws ModelFailure; whatever `show` throws
 */
export async function modelAnswer(
  llm: Llm, question: Question, show: (batch: string) => Promise<void>,
): Promise<{ text: string; usage: ChatUsage | undefined }> {
  const { model, messages, signal, maxSilenceMs = SILENCE_MS } = question;
  const ending = new AbortController();
  const parts = llm.streamChat({ model, messages, signal: AbortSignal.any([signal, ending.signal]) });
  let text = '';
  let usage: ChatUsage | undefined;
  const words = textsOf(parts, (told) => {
    usage = told;
  });
  try {
    for await (const batch of inBatches(words, { ...BATCH, maxSilenceMs })) {
      text += batch;
      if (text.length > ANSWER_LENGTH) throw new ModelFailure('E5004', 'The answer of the AI model was too long.', false);
      await show(batch);
    }
  } catch (error) {
    if (error instanceof SilenceError) throw new ModelFailure('E5041', 'The AI model took too long to answer.', false, error);
    throw error;
  } finally {
    ending.abort();
  }
  if (text === '') throw new ModelFailure('E5004', 'The AI model gave an empty answer.', false);
  return { text, usage };
}

async function* textsOf(parts: AsyncIterable<ChatPart>, onUsage: (usage: ChatUsage | undefined) => void): AsyncGenerator<string> {
  try {
    for await (const part of parts) {
      if ('text' in part) yield part.text;
      else onUsage(part.done.usage);
    }
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    const { code, rule, message } = error.refusal;
    throw new ModelFailure(code, message, PASSING.has(rule), error);
  }
}
