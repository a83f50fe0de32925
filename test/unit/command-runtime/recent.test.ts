import type { Clock } from '../../../src/event-store/clock';
import { RECENT_MS } from '../../../src/command-runtime/limits';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import { StreamDeleted, type EventStore } from '../../../src/event-store/port';
import { till } from '../../support/till';
import { context, deposit } from './setting';

let store: EventStore;
let reads: number;
let now: number;
const clock: Clock = { now: () => now, after: () => () => {} };
const node = () => createCommandRuntime({ store, clock });

beforeEach(() => {
  const inMemory = createInMemoryEventStore();
  reads = 0;
  now = 0;
  store = {
    ...inMemory,
    readStream: (...args) => {
      reads++;
      return inMemory.readStream(...args);
    },
  };
});

const balanceOf = async (runtime: ReturnType<typeof node>): Promise<number> => (await runtime.recent(till, 'a')).state.balance;

it('reads once for everybody who asks within the time', async () => {
  const runtime = node();
  await runtime.execute(till, 'a', deposit(5), context());
  reads = 0;
  expect(await Promise.all(Array.from({ length: 50 }, () => balanceOf(runtime)))).toEqual(Array(50).fill(5));
  now += RECENT_MS - 1;
  expect(await balanceOf(runtime)).toBe(5);
  expect(reads).toBe(1);
});

it('knows at once what this node has written', async () => {
  const runtime = node();
  expect(await balanceOf(runtime)).toBe(0);
  await runtime.execute(till, 'a', deposit(5), context());
  expect(await balanceOf(runtime)).toBe(5);
});

it('is not misled by a read that was under way when this node wrote', async () => {
  const runtime = node();
  const before = balanceOf(runtime);
  const written = runtime.execute(till, 'a', deposit(5), context());
  await Promise.all([before, written]);
  expect(await balanceOf(runtime)).toBe(5);
});

it('is not misled by who asked while this node wrote', async () => {
  const runtime = node();
  const written = runtime.execute(till, 'a', deposit(5), context());
  // Answered with the state before the command, which is not in the log yet.
  const meanwhile = balanceOf(runtime);
  await Promise.all([written, meanwhile]);
  expect(await balanceOf(runtime)).toBe(5);
});

it('knows what another node has written once the time is over', async () => {
  const runtime = node();
  expect(await balanceOf(runtime)).toBe(0);
  await node().execute(till, 'a', deposit(5), context());
  now += RECENT_MS;
  expect(await balanceOf(runtime)).toBe(5);
});

it('forgets a read that failed', async () => {
  const { readStream } = store;
  let fails = true;
  store.readStream = (...args) => {
    if (fails) throw new StreamDeleted('till-a');
    return readStream(...args);
  };
  const runtime = node();
  await expect(runtime.recent(till, 'a')).rejects.toThrow();
  fails = false;
  expect(await balanceOf(runtime)).toBe(0);
});
