/** Nothing came for too long. */
export class SilenceError extends Error {
  constructor(readonly milliseconds: number) {
    super(`Nothing came for ${milliseconds} ms`);
    this.name = 'SilenceError';
  }
}

export interface BatchLimits {
  /** UTF-16 code units after which a batch is complete. */
  maxLength: number;
  /** Milliseconds after which what is there is a batch. */
  maxDelayMs: number;
  /** Milliseconds without any chunk after which the source counts as dead. */
  maxSilenceMs: number;
}

/**
 * Joins small chunks into batches; together they are exactly the chunks. Reads one chunk ahead while a batch is being
 * used, no more.
 * @throws SilenceError when the source is silent for too long; whoever made the source must abort it
 */
export async function* inBatches(chunks: AsyncIterable<string>, limits: BatchLimits): AsyncGenerator<string> {
  const iterator = chunks[Symbol.asyncIterator]();
  let pending = '';
  let pendingSince = 0;
  let next = ask(iterator);
  try {
    for (;;) {
      const patience = pending === '' ? limits.maxSilenceMs : pendingSince + limits.maxDelayMs - performance.now();
      const chunk = await within(next, patience);
      if (chunk !== LATE) {
        if (chunk.done) break;
        if (pending === '') pendingSince = performance.now();
        pending += chunk.value;
        next = ask(iterator);
        if (pending.length < limits.maxLength) continue;
      } else if (pending === '') {
        throw new SilenceError(limits.maxSilenceMs);
      }
      yield pending;
      pending = '';
    }
    if (pending !== '') yield pending;
  } finally {
    // Not awaited: a source that hangs would never answer.
    iterator.return?.().catch(() => undefined);
  }
}

/** The promise may fail while nobody waits for it; whoever waits later still sees that. */
function ask(iterator: AsyncIterator<string>): Promise<IteratorResult<string>> {
  const next = iterator.next();
  next.catch(() => undefined);
  return next;
}

const LATE = Symbol('late');

async function within<Value>(promise: Promise<Value>, milliseconds: number): Promise<Value | typeof LATE> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, milliseconds), LATE);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
