/** An iterator over a generator that ends at once when returned or aborted, even while it waits for the next item. */
export function endable<Item>(
  generate: (signal: AbortSignal) => AsyncGenerator<Item, undefined>,
  signals: readonly (AbortSignal | undefined)[],
): AsyncIterableIterator<Item> {
  const ending = new AbortController();
  const end = (): void => {
    ending.abort();
    for (const signal of signals) signal?.removeEventListener('abort', end);
  };
  for (const signal of signals) {
    if (signal?.aborted) end();
    else signal?.addEventListener('abort', end, { once: true });
  }
  const generator = generate(ending.signal);
  const finish = (result: IteratorResult<Item>): IteratorResult<Item> => {
    if (result.done) end();
    return result;
  };
  return {
    next: () => generator.next().then(finish, (error) => {
      end();
      throw error;
    }),
    return: () => {
      end();
      return generator.return(undefined);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
