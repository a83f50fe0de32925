import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { streamOf } from '../../../src/command-runtime/aggregate';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { eventDigest } from '../../../src/event-store/digest';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import type { EventStore } from '../../../src/event-store/port';
import { collect } from '../../support/events';
import { fold } from '../../support/specification';
import { inPlaceTill, till, type TillCommand, type TillEvent } from '../../support/till';
import { context, deposit, handle, settled, watched, withdraw } from './setting';

let store: EventStore;
beforeEach(() => {
  store = createInMemoryEventStore();
});

const logOf = (id: string) => collect(store.readStream(streamOf(till, id)));
const balance = (state: { balance: number }) => state.balance;

describe('one command', () => {
  it('is decided, appended and answered', async () => {
    const runtime = createCommandRuntime({ store });
    const asked = context();
    const outcome = await runtime.execute(till, 'a', deposit(5, 'r'), asked, (state, events) => ({ balance: state.balance, events }));
    const [recorded] = await logOf('a');
    const event = { type: 'Deposited', data: { ref: 'r', amount: 5 } };
    expect(outcome).toEqual({ accepted: true, answer: { balance: 5, events: [event] }, revision: 0n, position: recorded!.position });
    expect(recorded).toMatchObject({
      ...event,
      metadata: {
        commandId: asked.commandId, $correlationId: asked.correlationId, $causationId: asked.causationId,
        actor: asked.actor, tenant: asked.tenant, v: 1, at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/), prev: null,
      },
    });
  });

  it('that is refused or changes nothing writes nothing, and tells what it was judged on', async () => {
    const runtime = createCommandRuntime({ store });
    expect(await runtime.execute(till, 'a', withdraw(1), context())).toMatchObject({
      accepted: false, refusal: { code: 'B2001', rule: 'balance_too_low', details: { balance: 0, amount: 1 } }, revision: -1n, position: 0n,
    });
    const first = await runtime.execute(till, 'a', deposit(5, 'r'), context());
    expect(await runtime.execute(till, 'a', deposit(5, 'r'), context(), balance)).toEqual({ ...first, answer: 5 });
    const refused = await runtime.execute(till, 'a', withdraw(9), context());
    expect(refused).toMatchObject({ accepted: false, revision: 0n, position: first.position });
    expect(await logOf('a')).toHaveLength(1);
  });

  it('continues the chain of digests, over batches, restarts and other nodes', async () => {
    for (let node = 0; node < 2; node++) {
      const runtime = createCommandRuntime({ store });
      await Promise.all([deposit(1), deposit(2), deposit(3)].map((command) => runtime.execute(till, 'a', command, context())));
      await runtime.execute(till, 'a', withdraw(1), context());
    }
    const log = await logOf('a');
    expect(log).toHaveLength(8);
    expect(log.map(({ metadata }) => metadata.prev)).toEqual([null, ...log.slice(0, -1).map(eventDigest)]);
    expect(new Set(log.map(({ id }) => id)).size).toBe(8);
  });
});

describe('many commands', () => {
  const command = fc.record({
    type: fc.constantFrom('Deposit' as const, 'Withdraw' as const),
    ref: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    amount: fc.integer({ min: 1, max: 9 }),
  });
  const commands = fc.array(command, { maxLength: 30 });

  it.each([
    ['that copy their state', till], ['that change it in place', inPlaceTill],
  ])('on aggregates %s come out as one after the other', async (_, aggregate) => {
    await fc.assert(fc.asyncProperty(commands, fc.integer({ min: 1, max: 5 }), async (list, batchCommands) => {
      store = createInMemoryEventStore();
      const runtime = createCommandRuntime({ store, limits: { batchCommands } });
      const outcomes = await Promise.all(list.map((each) => runtime.execute(aggregate, 'a', each, context(), balance)));
      const history: TillEvent[] = [];
      for (const [index, each] of list.entries()) {
        const decision = till.decide(fold(till, history), each);
        if ('events' in decision) history.push(...decision.events);
        expect(outcomes[index]).toMatchObject('refusal' in decision
          ? { accepted: false, refusal: decision.refusal }
          : { accepted: true, answer: fold(till, history).balance });
        expect(outcomes[index]!.revision).toBe(BigInt(history.length - 1));
      }
      expect((await logOf('a')).map(({ type, data }) => ({ type, data }))).toEqual(history);
    }), { numRuns: 60 });
  });

  it('that wait for one stream are one append, up to the cap', async () => {
    const { store: watching, appends } = watched(store);
    const runtime = createCommandRuntime({ store: watching, limits: { batchCommands: 100 } });
    const outcomes = await Promise.all(Array.from({ length: 250 }, () => runtime.execute(till, 'a', deposit(1), context())));
    expect(appends.map(([, expected, events]) => [expected, events.length])).toEqual([['no_stream', 100], [99n, 100], [199n, 50]]);
    const log = await logOf('a');
    expect(outcomes.map(({ revision }) => revision)).toEqual(log.map(({ revision }) => revision));
    const lastOfAppend = (index: number) => log[Math.min(249, Math.floor(index / 100) * 100 + 99)]!;
    expect(outcomes.map(({ position }) => position)).toEqual(outcomes.map((_, index) => lastOfAppend(index).position));
  });

  it('too big for one append are several', async () => {
    const { store: watching, appends } = watched(store);
    const runtime = createCommandRuntime({ store: watching, limits: { batchBytes: 30_000 } });
    const long = (size: number) => deposit(1, `${randomUUID()}${'x'.repeat(size)}`);
    const sizes = [10_000, 10_000, 10_000, 50_000, 10];
    await Promise.all(sizes.map((size) => runtime.execute(till, 'a', long(size), context())));
    expect(appends.map(([, , events]) => events.length)).toEqual([2, 1, 1, 1]);
    expect((await logOf('a')).map(({ data }) => String(data.ref).length - 36)).toEqual(sizes);
  });

  it('on different streams do not wait for each other', async () => {
    const first = handle();
    const { store: watching } = watched(store, async (append, [name]) => {
      if (name === 'till-a') await first.promise;
      return append();
    });
    const runtime = createCommandRuntime({ store: watching });
    const slow = runtime.execute(till, 'a', deposit(1), context());
    expect((await runtime.execute(till, 'b', deposit(1), context())).accepted).toBe(true);
    first.resolve();
    expect((await slow).accepted).toBe(true);
  });

  it('never have two appends of one stream on the way', async () => {
    let underway = 0;
    let most = 0;
    const { store: watching, appends } = watched(store, async (append) => {
      most = Math.max(most, ++underway);
      await settled();
      underway--;
      return append();
    });
    const runtime = createCommandRuntime({ store: watching, limits: { batchCommands: 2 } });
    const all: Promise<unknown>[] = [];
    for (let round = 0; round < 10; round++) {
      all.push(...[deposit(1), deposit(1), deposit(1)].map((command) => runtime.execute(till, 'a', command, context())));
      await settled();
    }
    await Promise.all(all);
    expect(most).toBe(1);
    expect(appends.length).toBeGreaterThan(10);
  });
});

describe('a refusal', () => {
  it('waits for the append it was decided on', async () => {
    const held = handle();
    const { store: watching } = watched(store, async (append) => {
      await held.promise;
      return append();
    });
    const runtime = createCommandRuntime({ store: watching });
    const answers: string[] = [];
    const all = [deposit(3), withdraw(2), withdraw(2)].map((command, index) =>
      runtime.execute(till, 'a', command, context()).then(({ accepted }) => answers.push(`${index} ${accepted}`)));
    await settled();
    expect(answers).toEqual([]);
    held.resolve();
    await Promise.all(all);
    expect(answers).toEqual(['0 true', '1 true', '2 false']);
  });

  it('is taken back when that append is lost to another node', async () => {
    const rival = createCommandRuntime({ store });
    let meddled = false;
    const { store: watching } = watched(store, async (append) => {
      if (!meddled) await rival.execute(till, 'a', deposit(10), context());
      meddled = true;
      return append();
    });
    const runtime = createCommandRuntime({ store: watching });
    const commands = [deposit(3), withdraw(2), withdraw(2)];
    const outcomes = await Promise.all(commands.map((command) => runtime.execute(till, 'a', command, context(), balance)));
    expect(outcomes).toMatchObject([13, 11, 9].map((answer) => ({ accepted: true, answer })));
  });

  it('is never judged on an old state, although another node wrote', async () => {
    const runtime = createCommandRuntime({ store });
    const other = createCommandRuntime({ store });
    await runtime.execute(till, 'a', deposit(1), context());
    await other.execute(till, 'a', deposit(10, 'r'), context());
    expect(await runtime.execute(till, 'a', withdraw(8), context(), balance)).toMatchObject({ accepted: true, answer: 3, revision: 2n });
    await other.execute(till, 'a', withdraw(3), context());
    const refused = await runtime.execute(till, 'a', withdraw(1), context());
    expect(refused).toMatchObject({ accepted: false, refusal: { details: { balance: 0 } }, revision: 3n });
    const done = await runtime.execute(till, 'a', deposit(10, 'r'), context(), balance);
    expect(done).toMatchObject({ accepted: true, answer: 0, revision: 3n });
  });
});

describe('nodes that share a stream', () => {
  it.each([
    ['copied', till], ['in place', inPlaceTill],
  ])('decide again on conflict until every command is done (state %s)', async (_, aggregate) => {
    const nodes = Array.from({ length: 4 }, () => createCommandRuntime({ store, limits: { batchCommands: 3 } }));
    const commands = Array.from({ length: 120 }, (__, n): TillCommand => (n % 3 === 2 ? withdraw(3) : deposit(2)));
    const outcomes = await Promise.all(commands.map((command, n) => nodes[n % 4]!.execute(aggregate, 'a', command, context(), balance)));
    const log = await logOf('a');
    const written = outcomes.filter(({ accepted }) => accepted);
    expect(log).toHaveLength(written.length);
    const history = log.map(({ type, data }) => ({ type, data }) as unknown as TillEvent);
    const balances = history.map((__, n) => fold(till, history.slice(0, n + 1)).balance);
    expect(Math.min(...balances)).toBeGreaterThanOrEqual(0);
    for (const outcome of written) expect(outcome).toMatchObject({ answer: balances[Number(outcome.revision)] });
  });

  it('tell of conflicts and appends', async () => {
    const told = { conflicts: 0, appended: [] as number[], waiting: 0, most: 0 };
    const metrics = {
      appended: ({ commands }: { commands: number }) => void told.appended.push(commands),
      conflicted: () => void told.conflicts++,
      unknown: () => {},
      waiting: (change: number) => {
        told.waiting += change;
        told.most = Math.max(told.most, told.waiting);
      },
    };
    const runtime = createCommandRuntime({ store, metrics });
    await runtime.execute(till, 'a', deposit(1), context());
    await createCommandRuntime({ store }).execute(till, 'a', deposit(1), context());
    await Promise.all([deposit(1), deposit(1)].map((command) => runtime.execute(till, 'a', command, context())));
    expect(told).toEqual({ conflicts: 1, appended: [1, 2], waiting: 0, most: 2 });
  });
});

describe('load', () => {
  it('has what everybody wrote, and what waits before it', async () => {
    const runtime = createCommandRuntime({ store });
    expect(await runtime.load(till, 'a')).toEqual({ state: till.initial(), revision: -1n, position: 0n });
    await runtime.execute(till, 'a', deposit(1), context());
    const { position } = await createCommandRuntime({ store }).execute(till, 'a', deposit(2), context());
    expect(await runtime.load(till, 'a')).toMatchObject({ state: { balance: 3 }, revision: 1n, position });
  });

  it('hands out a state of its own when the aggregate works in place', async () => {
    const runtime = createCommandRuntime({ store });
    await runtime.execute(inPlaceTill, 'a', deposit(1), context());
    const { state } = await runtime.load(inPlaceTill, 'a');
    await runtime.execute(inPlaceTill, 'a', deposit(1), context());
    expect(state.balance).toBe(1);
  });
});

describe('the cache', () => {
  it('changes nothing about the outcome, however small', async () => {
    const amount = fc.integer({ min: -9, max: 9 }).filter((n) => n !== 0);
    const steps = fc.array(fc.record({ id: fc.constantFrom('a', 'b', 'c'), node: fc.nat(1), amount }), { maxLength: 25 });
    await fc.assert(fc.asyncProperty(steps, fc.nat(6), async (list, cacheWeight) => {
      store = createInMemoryEventStore();
      const nodes = [createCommandRuntime({ store, limits: { cacheWeight } }), createCommandRuntime({ store })];
      const expected = new Map<string, number>();
      for (const { id, node, amount: change } of list) {
        const before = expected.get(id) ?? 0;
        const outcome = await nodes[node]!.execute(till, id, change > 0 ? deposit(change) : withdraw(-change), context());
        expect(outcome.accepted).toBe(before + change >= 0);
        if (outcome.accepted) expected.set(id, before + change);
      }
      for (const [id, sum] of expected) expect((await nodes[0]!.load(till, id)).state.balance).toBe(sum);
    }), { numRuns: 40 });
  });
});
