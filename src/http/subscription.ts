import { createSourceEventStream, execute, type ExecutionArgs, type ExecutionResult } from 'graphql';
import type { Refusal } from '../../schema/errors/catalogue';
import type { Context } from '../graphql/context';
import { refusedOperation } from '../graphql/errors';
import { limits } from '../graphql/limits';

export interface Subscription {
  args: Omit<ExecutionArgs, 'contextValue'>;
  /** Makes a context that ends with `signal`; called once for the subscription and once for each of its events. */
  contextFor(signal: AbortSignal): Context;
  /** Called once, however it ends. */
  onEnd(): void;
}

const tooSlow: Refusal = { code: 'E5041', rule: 'deadline', message: 'An event took too long to be read. Resume behind the last one.' };
const DONE = { done: true, value: undefined } as const;

/**
 * Runs a subscription so that every event has a fresh context: loaders forget, and the caller is judged as of now.
 * Pull-based: the source is asked for an event only when the socket has taken the one before, so a reader that stops
 * holds one event and no more. Aborting `controller` ends it from outside, even while it waits.
 * @returns the stream of results, or the one result that says why there is none
 */
export async function startSubscription(
  { args, contextFor, onEnd }: Subscription, controller: AbortController,
): Promise<AsyncGenerator<ExecutionResult, void, void> | ExecutionResult> {
  const stream = await createSourceEventStream({ ...args, contextValue: contextFor(controller.signal) });
  if (!(Symbol.asyncIterator in stream)) {
    onEnd();
    return stream;
  }
  const source = stream[Symbol.asyncIterator]();
  let ended = false;
  const end = async (): Promise<IteratorReturnResult<undefined>> => {
    if (!ended) {
      ended = true;
      controller.abort();
      onEnd();
      await source.return?.();
    }
    return DONE;
  };

  const results: AsyncGenerator<ExecutionResult, void, void> = {
    async next() {
      if (ended) return DONE;
      try {
        const event = await source.next();
        if (event.done || ended) return await end();
        return { done: false, value: await withinDeadline(executed(event.value)) };
      } catch (error) {
        if (ended) return DONE;
        await end();
        throw error;
      }
    },
    return: end,
    async throw(error: unknown) {
      await end();
      throw error;
    },
    async [Symbol.asyncDispose]() {
      await end();
    },
    [Symbol.asyncIterator]: () => results,
  };
  return results;

  async function executed(event: unknown): Promise<ExecutionResult> {
    return execute({ ...args, rootValue: event, contextValue: contextFor(controller.signal) });
  }
}

async function withinDeadline(result: Promise<ExecutionResult>): Promise<ExecutionResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(refusedOperation(tooSlow)), limits.eventMs);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}
