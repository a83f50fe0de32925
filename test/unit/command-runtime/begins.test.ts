import { streamOf } from '../../../src/command-runtime/aggregate';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import type { EventStore } from '../../../src/event-store/port';
import { collect } from '../../support/events';
import { till } from '../../support/till';
import { context, deposit, watched, withdraw } from './setting';

/** Deposits are taken to begin their stream. */
const beginning: typeof till = { ...till, begins: ({ type }) => type === 'Deposit' };

function counted(store: EventStore) {
  const count = { reads: 0 };
  const { store: watching, appends } = watched(store);
  const readStream: EventStore['readStream'] = (...args) => {
    count.reads++;
    return store.readStream(...args);
  };
  return { store: { ...watching, readStream }, appends, count };
}

describe('a command that begins its stream', () => {
  it('is appended without reading first', async () => {
    const { store, appends, count } = counted(createInMemoryEventStore());
    const runtime = createCommandRuntime({ store });
    const outcome = await runtime.execute(beginning, 'a', deposit(5), context(), ({ balance }) => balance);
    expect(outcome).toMatchObject({ accepted: true, answer: 5, revision: 0n });
    expect(await runtime.execute(beginning, 'a', withdraw(2), context(), ({ balance }) => balance)).toMatchObject({ accepted: true, answer: 3, revision: 1n });
    expect({ reads: count.reads, appends: appends.length }).toEqual({ reads: 0, appends: 2 });
  });

  it('is decided on the stream that is there after all', async () => {
    const kept = createInMemoryEventStore();
    await createCommandRuntime({ store: kept }).execute(till, 'a', deposit(5), context());
    const { store, appends, count } = counted(kept);
    const outcome = await createCommandRuntime({ store }).execute(beginning, 'a', deposit(1), context(), ({ balance }) => balance);
    expect(outcome).toMatchObject({ accepted: true, answer: 6, revision: 1n });
    expect({ reads: count.reads, appends: appends.length }).toEqual({ reads: 1, appends: 2 });
    expect(await collect(kept.readStream(streamOf(till, 'a')))).toHaveLength(2);
  });

  it('that was written before is answered as then, and has no second effect', async () => {
    const store = createInMemoryEventStore();
    const asked = context();
    const first = await createCommandRuntime({ store }).execute(beginning, 'a', deposit(5, 'r'), asked, ({ balance }) => balance);
    expect(await createCommandRuntime({ store }).execute(beginning, 'a', deposit(5, 'r'), asked, ({ balance }) => balance)).toEqual(first);
    expect(await collect(store.readStream(streamOf(till, 'a')))).toHaveLength(1);
  });

  it('that changes nothing is judged only after reading', async () => {
    const store = createInMemoryEventStore();
    const first = await createCommandRuntime({ store }).execute(till, 'a', deposit(5, 'r'), context());
    const again = await createCommandRuntime({ store }).execute(beginning, 'a', deposit(5, 'r'), context());
    expect(again).toMatchObject({ accepted: true, revision: 0n, position: first.position });
    expect(await collect(store.readStream(streamOf(till, 'a')))).toHaveLength(1);
  });
});
