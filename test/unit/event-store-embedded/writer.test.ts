import { randomUUID } from 'node:crypto';
import { openLog, type Log } from '../../../src/event-store/embedded/log/log';
import type { ProposedEvent, StoredEvent } from '../../../src/event-store/embedded/log/event';
import { createInMemoryStorage } from '../../../src/event-store/embedded/storage/in-memory';
import { StorageTaken, type Storage } from '../../../src/event-store/embedded/storage/port';

const proposed = (size = 10): ProposedEvent =>
  ({ id: randomUUID(), type: 'T', isJson: true, data: Buffer.alloc(size), metadata: Buffer.alloc(0) });
const soon = (): number => Date.now() + 5_000;

interface Watched {
  log: Log;
  /** Events a commit, in order. */
  commits: StoredEvent[][];
  fatal: StorageTaken[];
}

async function watched(change: Partial<Storage> = {}): Promise<Watched> {
  const storage = createInMemoryStorage();
  const commits: StoredEvent[][] = [];
  const fatal: StorageTaken[] = [];
  const log = await openLog({
    storage: {
      ...storage,
      commit: async (events) => {
        commits.push([...events]);
        await storage.commit(events);
      },
      ...change,
    },
    onFailure: () => {},
    onFatal: (error) => fatal.push(error),
  });
  return { log, commits, fatal };
}

test('what arrives together is one commit, and each decision sees the ones before it', async () => {
  const { log, commits } = await watched();
  const outcomes = await Promise.all([
    log.write({ kind: 'append', stream: 's', expected: 'no_stream', events: [proposed(), proposed()] }, soon()),
    log.write({ kind: 'append', stream: 's', expected: 'no_stream', events: [proposed()] }, soon()),
    log.write({ kind: 'append', stream: 's', expected: 1, events: [proposed()] }, soon()),
    log.write({ kind: 'tombstone', stream: 's', expected: 2 }, soon()),
    log.write({ kind: 'append', stream: 's', expected: 'any', events: [proposed()] }, soon()),
  ]);
  expect(outcomes).toEqual([
    { kind: 'written', revision: 1, position: 2 }, { kind: 'wrong-version', current: 1 }, { kind: 'written', revision: 2, position: 3 },
    { kind: 'written', revision: 2 ** 63, position: 4 }, { kind: 'deleted' },
  ]);
  expect(commits.map((events) => events.length)).toEqual([4]);
});

test('a commit is bounded in events and bytes; a larger append goes alone', async () => {
  const { log, commits } = await watched();
  const write = (stream: string, events: ProposedEvent[]) => log.write({ kind: 'append', stream, expected: 'no_stream', events }, soon());
  const small = Array.from({ length: 5 }, (_, i) => write(`many-${i}`, Array.from({ length: 900 }, () => proposed())));
  const huge = write('huge', [proposed(6_000_000)]);
  const large = Array.from({ length: 4 }, (_, i) => write(`large-${i}`, [proposed(2_000_000)]));
  await Promise.all([...small, huge, ...large]);
  expect(commits.map((events) => events.length)).toEqual([1_800, 1_800, 900, 1, 2, 2]);
});

test('a repeated append within one commit gets the answer of the first', async () => {
  const { log, commits } = await watched();
  const events = [proposed(), proposed()];
  const twice = await Promise.all(['no_stream', 'no_stream', 'any'].map((expected) =>
    log.write({ kind: 'append', stream: 's', expected: expected as 'any', events }, soon())));
  expect(twice).toEqual(Array(3).fill({ kind: 'written', revision: 1, position: 2 }));
  expect(commits.flat()).toHaveLength(2);
});

test('a store that lost its place refuses everything from then on, once', async () => {
  const { log, fatal } = await watched({ commit: async () => { throw new StorageTaken('another writer'); } });
  const write = () => log.write({ kind: 'append', stream: 's', expected: 'any', events: [proposed()] }, soon());
  expect(await Promise.all([write(), write()])).toEqual(Array(2).fill({ kind: 'unavailable', detail: 'another writer' }));
  expect((await write()).kind).toBe('unavailable');
  expect(fatal).toHaveLength(1);
});

test('a fault in reading what a decision needs is a definite no', async () => {
  const { log } = await watched({ heads: async () => { throw new Error('cannot read'); } });
  const outcome = await log.write({ kind: 'append', stream: 's', expected: 'any', events: [proposed()] }, soon());
  expect(outcome).toEqual({ kind: 'unavailable', detail: 'cannot read' });
});

test('a full queue holds callers back, then refuses', async () => {
  let release!: () => void;
  const held = new Promise<void>((resolve) => (release = resolve));
  const { log } = await watched({ commit: () => held });
  const write = () => log.write({ kind: 'append', stream: 's', expected: 'any', events: [proposed(8_000_000)] }, soon());
  const waiting = [write(), write(), write(), write(), write(), write()];
  expect(log.room()).toBeInstanceOf(Promise);
  waiting.push(write(), write(), write(), write());
  expect(await write()).toEqual({ kind: 'unavailable', detail: 'Too many appends are waiting.' });
  const room = log.room();
  release();
  await room;
  await Promise.all(waiting);
  expect(log.room()).toBeUndefined();
  await log.drain();
  expect((await write()).kind).toBe('unavailable');
});
