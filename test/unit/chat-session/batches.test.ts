import { inBatches, SilenceError } from '../../../commands/chat-session/batches';

const limits = { maxLength: 8, maxDelayMs: 20, maxSilenceMs: 5_000 };

async function collect(batches: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

/** A source that gives what it is told to, when it is told to. */
function source() {
  const chunks: string[] = [];
  let wake = (): void => {};
  let ended = false;
  let closed = false;
  return {
    say(...more: string[]): void {
      chunks.push(...more);
      wake();
    },
    end(): void {
      ended = true;
      wake();
    },
    isClosed: () => closed,
    async* [Symbol.asyncIterator](): AsyncGenerator<string> {
      try {
        while (!ended || chunks.length > 0) {
          if (chunks.length > 0) yield chunks.shift()!;
          else await new Promise<void>((resolve) => { wake = resolve; });
        }
      } finally {
        closed = true;
      }
    },
  };
}

describe('inBatches', () => {
  it('joins small chunks until a batch is long enough, and loses none', async () => {
    const words = source();
    words.say('ab', 'cd', 'ef', 'gh', 'ij', 'k');
    words.end();
    expect(await collect(inBatches(words, { ...limits, maxDelayMs: 1_000 }))).toEqual(['abcdefgh', 'ijk']);
    expect(words.isClosed()).toBe(true);
  });

  it('gives nothing for nothing', async () => {
    const words = source();
    words.end();
    expect(await collect(inBatches(words, limits))).toEqual([]);
  });

  it('does not keep a short text waiting for more', async () => {
    const words = source();
    const batches = inBatches(words, limits);
    const first = batches.next();
    words.say('a', 'b');
    expect(await first).toEqual({ done: false, value: 'ab' });
    words.end();
    expect(await batches.next()).toEqual({ done: true, value: undefined });
  });

  it('gives up a source that says nothing for too long, first or in the middle', async () => {
    await expect(collect(inBatches(source(), { ...limits, maxSilenceMs: 10 }))).rejects.toThrow(SilenceError);
    const words = source();
    words.say('hello');
    const batches = inBatches(words, { ...limits, maxSilenceMs: 10 });
    expect(await batches.next()).toEqual({ done: false, value: 'hello' });
    await expect(batches.next()).rejects.toThrow('Nothing came for 10 ms');
  });

  it('passes on the failure of its source', async () => {
    const broken = async function* (): AsyncGenerator<string> {
      yield 'words';
      throw new Error('broken off');
    };
    await expect(collect(inBatches(broken(), limits))).rejects.toThrow('broken off');
  });

  it('closes its source when the reader leaves', async () => {
    const words = source();
    words.say('12345678', '12345678', '12345678');
    for await (const batch of inBatches(words, limits)) {
      expect(batch).toBe('12345678');
      break;
    }
    await new Promise(setImmediate);
    expect(words.isClosed()).toBe(true);
  });
});
