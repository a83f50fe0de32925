import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { event, evolvedEvent } from '../../../schema/define-events';
import { RefusedError } from '../../../schema/errors/catalogue';
import { nothing, type Aggregate } from '../../../src/command-runtime/aggregate';
import { noMetrics } from '../../../src/command-runtime/metrics';
import type { CommandRuntime } from '../../../src/command-runtime/port';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import { AppendRefused, OutcomeUnknown, StreamDeleted, type EventStore } from '../../../src/event-store/port';
import { silentLog } from '../../../src/postgres/log';
import { anEvent, collect } from '../../support/events';
import { till } from '../../support/till';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock';
import { context, deposit, handle, settled, watched, withdraw } from './setting';

let clock: VirtualClock;
let store: EventStore;
beforeEach(() => {
  clock = createVirtualClock();
  store = createInMemoryEventStore({ clock });
});

const logOf = (id: string) => collect(store.readStream(`till-${id}`));
const refusalOf = (failing: Promise<unknown>) => failing.then(
  () => { throw new Error('It should have failed'); },
  (error: unknown) => {
    expect(error).toBeInstanceOf(RefusedError);
    return (error as RefusedError).refusal;
  },
);

describe('an outcome that stays unknown', () => {
  it('is told as such; the same command may be given again and is done once', async () => {
    let lost = true;
    const { store: watching } = watched(store, async (append, [name]) => {
      const result = await append();
      if (!lost) return result;
      lost = false;
      throw new OutcomeUnknown(name, new Error('no answer'));
    });
    const runtime = createCommandRuntime({ store: watching, clock });
    const asked = context();
    expect(await refusalOf(runtime.execute(till, 'a', deposit(5), asked))).toMatchObject({ code: 'E5041', rule: 'outcome_unknown' });
    const again = await runtime.execute(till, 'a', deposit(5), asked, ({ balance }, events) => [balance, events.length]);
    expect(again).toMatchObject({ accepted: true, answer: [5, 1] });
    expect(await runtime.execute(till, 'a', withdraw(2), context(), ({ balance }) => balance)).toMatchObject({ accepted: true, answer: 3 });
    expect(await logOf('a')).toHaveLength(2);
  });

  it('is told to those whose events it was; who was only judged on them is judged again', async () => {
    let lost = true;
    const { store: watching } = watched(store, async (append, [name]) => {
      if (!lost) return append();
      lost = false;
      throw new OutcomeUnknown(name, new Error('no answer'));
    });
    const runtime = createCommandRuntime({ store: watching, clock });
    const deposited = refusalOf(runtime.execute(till, 'a', deposit(5), context()));
    const refused = runtime.execute(till, 'a', withdraw(9), context());
    expect(await deposited).toMatchObject({ code: 'E5041' });
    expect(await refused).toMatchObject({ accepted: false, refusal: { details: { balance: 0 } }, revision: -1n });
  });

  it('is told at the deadline of each command, not when the append gives up', async () => {
    const { store: watching } = watched(store, () => new Promise(() => {}));
    const runtime = createCommandRuntime({ store: watching, clock });
    const began = clock.now();
    const failed: string[] = [];
    const give = (name: string, ms: number) => refusalOf(runtime.execute(till, 'a', deposit(1), context({ deadline: began + ms })))
      .then(({ code }) => failed.push(`${name} ${code} ${clock.now() - began}`));
    const all = [give('first', 5_000), give('second', 1_000)];
    await settled();
    all.push(give('queued', 2_000));
    await clock.advance(10_000);
    await Promise.all(all);
    expect(failed).toEqual(['second E5041 1000', 'queued E5031 2000', 'first E5041 5000']);
  });
});

describe('a store that cannot be read', () => {
  it('is asked again until the deadline', async () => {
    let broken = true;
    const flaky: EventStore = {
      ...store,
      readStream: (...args) => {
        if (broken) throw new Error('connection refused');
        return store.readStream(...args);
      },
    };
    const runtime = createCommandRuntime({ store: flaky, clock });
    const late = runtime.execute(till, 'a', deposit(1), context({ deadline: clock.now() + 20_000 }));
    const early = refusalOf(runtime.execute(till, 'a', deposit(1), context()));
    await clock.advance(10_000);
    expect(await early).toMatchObject({ code: 'E5031', rule: 'event_store_unavailable', retryAfterMs: 1_000 });
    broken = false;
    await clock.advance(5_000);
    expect(await late).toMatchObject({ accepted: true, revision: 0n });
  });

  it('for good, because the stream was deleted, is told at once', async () => {
    const deleted: EventStore = { ...store, readStream: (name) => { throw new StreamDeleted(name); } };
    const runtime = createCommandRuntime({ store: deleted, clock });
    expect(await refusalOf(runtime.execute(till, 'a', deposit(1), context()))).toMatchObject({ code: 'E4041', rule: 'stream_deleted' });
  });
});

it.each([
  ['too-large', 'V1004', 'event_too_large'], ['stream-deleted', 'E4041', 'stream_deleted'], ['access-denied', 'E5001', 'internal'],
] as const)(
  'an append that the store refuses as %s is told as %s',
  async (reason, code, rule) => {
    const { store: watching } = watched(store, async (_, [name]) => { throw new AppendRefused(name, reason, 'no'); });
    const runtime = createCommandRuntime({ store: watching, clock });
    expect(await refusalOf(runtime.execute(till, 'a', deposit(1), context()))).toMatchObject({ code, rule });
    expect(await runtime.load(till, 'a')).toMatchObject({ state: { balance: 0 } });
  },
);

test('a long stream whose reading breaks off is read on from there, also the first time', async () => {
  const writer = createCommandRuntime({ store, clock });
  for (let n = 0; n < 10; n++) await writer.execute(till, 'a', deposit(1), context());
  const from: (bigint | undefined)[] = [];
  const breaking: EventStore = {
    ...store,
    async *readStream(name, options) {
      from.push(options?.from);
      let read = 0;
      for await (const event of store.readStream(name, options)) {
        if (from.length === 1 && ++read > 4) throw new Error('The connection broke');
        yield event;
      }
    },
  };
  const loading = createCommandRuntime({ store: breaking, clock }).load(till, 'a');
  await clock.advance(1_000);
  expect(await loading).toMatchObject({ state: { balance: 10 }, revision: 9n });
  expect(from).toEqual([0n, 4n]);
});

describe('a full queue', () => {
  it('refuses with a hint, and takes commands again when it has room', async () => {
    const held = handle();
    const { store: watching } = watched(store, async (append) => {
      await held.promise;
      return append();
    });
    const runtime = createCommandRuntime({ store: watching, clock, limits: { queueLength: 10 } });
    const all = [runtime.execute(till, 'a', deposit(1), context())];
    await settled();
    for (let n = 0; n < 10; n++) all.push(runtime.execute(till, 'a', deposit(1), context()));
    const refusal = await refusalOf(runtime.execute(till, 'a', deposit(1), context()));
    expect(refusal).toMatchObject({ code: 'E4291', rule: 'queue_full' });
    expect(refusal.retryAfterMs).toBeGreaterThan(0);
    expect((await createCommandRuntime({ store }).execute(till, 'b', deposit(1), context())).accepted).toBe(true);
    held.resolve();
    await Promise.all(all);
    expect(await runtime.execute(till, 'a', deposit(1), context())).toMatchObject({ accepted: true, revision: 11n });
  });

  it('counts whoever was left for the next append and gave up meanwhile as waiting no more', async () => {
    const held = handle();
    const { store: watching } = watched(store, async (append) => {
      await held.promise;
      return append();
    });
    let waiting = 0;
    const metrics = { ...noMetrics, waiting: (change: number) => void (waiting += change) };
    const runtime = createCommandRuntime({ store: watching, clock, metrics, limits: { batchBytes: 1 } });
    const first = runtime.execute(till, 'a', deposit(1), context());
    const left = refusalOf(runtime.execute(till, 'a', deposit(1), context({ deadline: clock.now() + 100 })));
    await clock.advance(200);
    expect(await left).toMatchObject({ rule: 'event_store_unavailable' });
    held.resolve();
    expect(await first).toMatchObject({ accepted: true });
    await settled();
    expect(waiting).toBe(0);
  });
});

describe('faults of a decider', () => {
  const events = {
    Noted: event(z.strictObject({ text: z.string() })),
    Renamed: evolvedEvent(2, z.strictObject({ name: z.string() }), { 1: ({ title }) => ({ name: title }) }),
  };
  type Command = { note: unknown } | 'throw' | 'unknown type' | 'nothing' | 'evolve throws' | 'two';
  const careless: Aggregate<{ texts: string[] }, Command, typeof events> = {
    category: 'note',
    events,
    initial: () => ({ texts: [] }),
    copy: ({ texts }) => ({ texts: [...texts] }),
    evolve(state, { type, data }) {
      const text = type === 'Noted' ? data.text : data.name;
      state.texts.push(text);
      if (text === 'poison') throw new Error('cannot fold this');
      return state;
    },
    decide(_, command) {
      if (command === 'throw') throw new Error('a bug');
      if (command === 'nothing') return nothing;
      if (command === 'unknown type') return { events: [{ type: 'Nonsense', data: {} }] as never };
      if (command === 'evolve throws') return { events: ['before', 'poison'].map((text) => ({ type: 'Noted', data: { text } })) };
      if (command === 'two') return { events: [{ type: 'Noted', data: { text: 'one' } }, { type: 'Renamed', data: { name: 'two' } }] };
      return { events: [{ type: 'Noted', data: { text: command.note as string } }] };
    },
  };
  const notes = () => collect(store.readStream('note-n'));

  it.each<[string, Command]>([
    ['throws', 'throw'], ['decides an unknown event', 'unknown type'], ['decides a malformed event', { note: 5 }],
    ['decides an event with a field too many', { note: undefined }], ['cannot fold its own event', 'evolve throws'],
  ])('one that %s fails alone', async (_, command) => {
    const runtime = createCommandRuntime({ store, clock });
    const before = runtime.execute(careless, 'n', { note: 'a' }, context(), ({ texts }) => texts.join());
    const faulty = refusalOf(runtime.execute(careless, 'n', command, context()));
    const after = runtime.execute(careless, 'n', 'two', context(), ({ texts }) => texts.join());
    expect(await faulty).toEqual({ code: 'E5001', rule: 'internal', message: expect.any(String) });
    expect([await before, await after]).toMatchObject([{ answer: 'a', revision: 0n }, { answer: 'a,one,two', revision: 2n }]);
    const written = (await notes()).map(({ data, metadata }) => [data, metadata.v]);
    expect(written).toEqual([[{ text: 'a' }, 1], [{ text: 'one' }, 1], [{ name: 'two' }, 2]]);
  });

  it('is logged once in full, with the correlation id that the answer shows', async () => {
    const logged: [object, string][] = [];
    const log = { ...silentLog, error: (details: object, message: string) => void logged.push([details, message]) };
    const runtime = createCommandRuntime({ store, clock, log });
    const faulty = context();
    await refusalOf(runtime.execute(careless, 'n', 'throw', faulty));
    await runtime.execute(careless, 'n', 'two', context());
    expect(logged).toEqual([
      [{ aggregate: careless.category, correlationId: faulty.correlationId, err: expect.any(Error) }, 'A command failed in a way nobody foresaw'],
    ]);
  });

  it('an answer that throws fails alone, and nothing is written for it', async () => {
    const runtime = createCommandRuntime({ store, clock });
    const faulty = refusalOf(runtime.execute(careless, 'n', { note: 'a' }, context(), () => { throw new Error('a bug'); }));
    const fine = runtime.execute(careless, 'n', { note: 'b' }, context());
    expect(await faulty).toMatchObject({ code: 'E5001' });
    expect(await fine).toMatchObject({ revision: 0n });
  });

  it.each([
    ['of a type it does not know', { type: 'Mystery', data: {} }],
    ['that is newer than this build', { type: 'Noted', data: { text: 'x' }, metadata: { v: 2 } }],
    ['that does not fit its schema', { type: 'Noted', data: { text: 5 } }],
  ])('an event in the stream %s fails every command, loudly', async (_, foreign) => {
    await store.append('note-n', 'no_stream', [anEvent(foreign)]);
    const runtime = createCommandRuntime({ store, clock });
    expect(await refusalOf(runtime.execute(careless, 'n', 'nothing', context()))).toMatchObject({ code: 'E5001' });
    expect(await refusalOf(runtime.load(careless, 'n'))).toMatchObject({ code: 'E5001' });
    expect(await notes()).toHaveLength(1);
  });

  it('old events are lifted to their newest version', async () => {
    await store.append('note-n', 'no_stream', [anEvent({ type: 'Renamed', data: { title: 'old' } })]);
    expect((await createCommandRuntime({ store, clock }).load(careless, 'n')).state).toEqual({ texts: ['old'] });
  });

  it('two aggregates of one name are a mistake', async () => {
    const runtime = createCommandRuntime({ store, clock });
    await runtime.execute(careless, 'n', 'nothing', context());
    await expect(runtime.execute({ ...careless }, 'n', 'nothing', context())).rejects.toThrow(/Two aggregates/);
  });
});

describe('a command that comes again', () => {
  const answer = ({ balance }: { balance: number }, events: readonly unknown[]) => ({ balance, events });

  it.each([
    ['later', async () => [createCommandRuntime({ store, clock })]],
    ['after a restart, or on another node', async () => [createCommandRuntime({ store, clock }), createCommandRuntime({ store, clock })]],
  ])('%s writes nothing and is answered with its own events and place', async (_, start) => {
    const runtimes = await start();
    const asked = context();
    const command = deposit(5, 'r');
    const first = await runtimes[0]!.execute(till, 'a', command, asked, answer);
    await runtimes[0]!.execute(till, 'a', deposit(1), context());
    const again = await runtimes.at(-1)!.execute(till, 'a', { ...command, ref: 'other', amount: 7 }, asked, answer);
    expect(again).toEqual({ ...first, answer: { balance: 6, events: [{ type: 'Deposited', data: { ref: 'r', amount: 5 } }] } });
    expect(await logOf('a')).toHaveLength(2);
  });

  it('while the first waits is answered with it', async () => {
    const { store: watching, appends } = watched(store);
    const runtime = createCommandRuntime({ store: watching, clock });
    const asked = context();
    const [first, other, again] = await Promise.all([
      runtime.execute(till, 'a', deposit(5, 'r'), asked, answer),
      runtime.execute(till, 'a', deposit(1), context()),
      runtime.execute(till, 'a', deposit(9), asked, answer),
    ]);
    const told = { balance: 6, events: [{ data: { ref: 'r', amount: 5 } }] };
    expect(again).toMatchObject({ accepted: true, revision: first.revision, answer: told });
    expect(other).toMatchObject({ revision: 1n });
    expect(appends).toHaveLength(1);
  });

  it('on two nodes at once is done once, and both answer with what was written', async () => {
    const nodes = [createCommandRuntime({ store, clock }), createCommandRuntime({ store, clock })];
    const asked = context();
    const give = (node: CommandRuntime, n: number) => node.execute(till, 'a', deposit(n + 1, `by ${n}`), asked, (_, events) => events);
    const outcomes = await Promise.all(nodes.map(give));
    const [written, ...more] = await logOf('a');
    expect(more).toEqual([]);
    const { data, position } = written!;
    for (const outcome of outcomes) expect(outcome).toMatchObject({ accepted: true, answer: [{ data }], revision: 0n, position });
  });

  it('is recognised among as many as are remembered', async () => {
    const runtime = createCommandRuntime({ store, clock, limits: { rememberedCommands: 4 } });
    const ids = Array.from({ length: 9 }, () => randomUUID());
    for (const commandId of ids) await runtime.execute(till, 'a', deposit(1), context({ commandId }));
    for (const commandId of ids.slice(-4)) await runtime.execute(till, 'a', deposit(1), context({ commandId }));
    expect(await logOf('a')).toHaveLength(9);
    await runtime.execute(till, 'a', deposit(1), context({ commandId: ids[0]! }));
    expect(await logOf('a')).toHaveLength(10);
  });

  it('after a refusal is judged anew', async () => {
    const runtime = createCommandRuntime({ store, clock });
    const asked = context();
    expect((await runtime.execute(till, 'a', withdraw(5), asked)).accepted).toBe(false);
    await runtime.execute(till, 'a', deposit(5), context());
    expect((await runtime.execute(till, 'a', withdraw(5), asked)).accepted).toBe(true);
  });
});

describe('close', () => {
  it('finishes what waits and refuses what comes after', async () => {
    const held = handle();
    const { store: watching } = watched(store, async (append) => {
      await held.promise;
      return append();
    });
    const runtime = createCommandRuntime({ store: watching, clock });
    const all = [runtime.execute(till, 'a', deposit(1), context())];
    await settled();
    all.push(runtime.execute(till, 'a', deposit(1), context()), runtime.execute(till, 'b', deposit(1), context()));
    let closed = false;
    const closing = runtime.close().then(() => { closed = true; });
    expect(await refusalOf(runtime.execute(till, 'a', deposit(1), context()))).toMatchObject({ code: 'E5031', rule: 'shutting_down' });
    await settled();
    expect(closed).toBe(false);
    held.resolve();
    await closing;
    expect((await Promise.all(all)).map(({ accepted }) => accepted)).toEqual([true, true, true]);
  });
});
