import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { streamOf, type AnyAggregate } from '../../../src/command-runtime/aggregate';
import type { CommandRuntime } from '../../../src/command-runtime/port';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import type { EventStore } from '../../../src/event-store/port';
import { collect } from '../../support/events';
import { inPlaceTill, till, type TillCommand } from '../../support/till';
import { createVirtualClock } from '../../support/virtual-clock';
import { context, deposit, handle, watched, withdraw } from './setting';

const CURSED = 'cursed';

const KINDS: readonly [string, AnyAggregate][] = [['copies its state', till as unknown as AnyAggregate], ['works in place', inPlaceTill as unknown as AnyAggregate]];

/** What comes while an append is on its way is decided meanwhile, for an aggregate of either kind. */
describe.each(KINDS)('an aggregate that %s', (_, aggregate) => {
  let store: EventStore;
  let clock: ReturnType<typeof createVirtualClock>;
  /** Amounts of the commands that were decided, in order. */
  let decided: number[];
  /** Lets the first append go. */
  let first: ReturnType<typeof handle<void>>;
  let appends: Parameters<EventStore['append']>[];
  let runtime: CommandRuntime;

  const watchedTill: AnyAggregate = {
    ...aggregate,
    decide(state, command: TillCommand) {
      decided.push(command.amount);
      if (command.ref === CURSED) throw new Error('a bug');
      return aggregate.decide(state, command);
    },
  };

  beforeEach(async () => {
    clock = createVirtualClock();
    store = createInMemoryEventStore({ clock });
    decided = [];
    first = handle();
    const watching = watched(store, async (append, [, , events]) => {
      if (events[0]!.data.amount === 1) await first.promise;
      return append();
    });
    appends = watching.appends;
    runtime = createCommandRuntime({ store: watching.store, clock });
    // Whose a stream is, is known once it has begun.
    const begun = [deposit(5), withdraw(5)].map((command) => give(command));
    await clock.advance(5);
    await Promise.all(begun);
    [decided.length, appends.length] = [0, 0];
  });

  const give = (command: TillCommand, over = {}) => runtime.execute(watchedTill, 'a', command, context(over), ({ balance }: { balance: number }) => balance)
    .then((outcome) => ('answer' in outcome ? outcome.answer : outcome.refusal.rule), (error: { refusal?: { code: string } }) => error.refusal?.code);
  const amountsInLog = async () => (await collect(store.readStream(streamOf(till, 'a')))).map(({ data }) => data.amount).slice(2);
  const amountsSent = () => appends.map(([, , events]) => events.map(({ data }) => data.amount));

  /** The first command is being appended, the others have been given since. */
  async function withOneOnItsWay(...commands: [TillCommand, object?][]): Promise<Promise<unknown>[]> {
    const begun = give(deposit(1));
    await clock.advance(5);
    const later = commands.map(([command, over]) => give(command, over));
    await clock.advance(5);
    return [begun, ...later];
  }

  it('is asked while the append is on its way, and everything decided goes out next', async () => {
    const all = await withOneOnItsWay([deposit(2)], [withdraw(3)], [withdraw(9)]);
    expect([decided, amountsSent()]).toEqual([[1, 2, 3, 9], [[1]]]);
    const further = give(deposit(4));
    first.resolve();
    await clock.advance(5);
    expect(await Promise.all([...all, further])).toEqual([1, 3, 0, 'balance_too_low', 4]);
    expect([decided, amountsSent()]).toEqual([[1, 2, 3, 9, 4], [[1], [2, 3, 4]]]);
  });

  it('is asked again when the append is lost to another node', async () => {
    const all = await withOneOnItsWay([withdraw(7)]);
    await createCommandRuntime({ store, clock }).execute(aggregate, 'a', deposit(10), context());
    first.resolve();
    await clock.advance(5);
    expect(await Promise.all(all)).toEqual([11, 4]);
    expect(await amountsInLog()).toEqual([10, 1, 7]);
  });

  it('may throw for one command, which is nothing to the others', async () => {
    const all = await withOneOnItsWay([deposit(2)], [deposit(3, CURSED)], [deposit(4)]);
    first.resolve();
    await clock.advance(5);
    expect(await Promise.all(all)).toEqual([1, 3, 'E5001', 7]);
    expect(await amountsInLog()).toEqual([1, 2, 4]);
  });

  it('writes nothing of a command that was given up meanwhile', async () => {
    const all = await withOneOnItsWay([deposit(2), { deadline: clock.now() + 100 }], [withdraw(3)], [deposit(4)]);
    await clock.advance(200);
    first.resolve();
    await clock.advance(5);
    expect(await Promise.all(all)).toEqual([1, 'E5031', 'balance_too_low', 5]);
    expect(await amountsInLog()).toEqual([1, 4]);
  });

  it('keeps nothing of what was decided for nobody', async () => {
    const all = await withOneOnItsWay([deposit(2), { deadline: clock.now() + 100 }]);
    await clock.advance(200);
    first.resolve();
    await clock.advance(5);
    expect(await Promise.all(all)).toEqual([1, 'E5031']);
    expect(await Promise.all([give(withdraw(3)), give(deposit(5)), clock.advance(5)])).toMatchObject(['balance_too_low', 6]);
  });

  it('does nothing twice when the command on its way is given again', async () => {
    const again = { commandId: '11111111-2222-4333-8444-555555555555' };
    const begun = give(deposit(1, 'one'), again);
    await clock.advance(5);
    const all = [begun, give(deposit(1, 'two'), again), give(deposit(2), {})];
    await clock.advance(5);
    first.resolve();
    await clock.advance(5);
    expect(await Promise.all(all)).toEqual([1, 1, 3]);
    expect(await amountsInLog()).toEqual([1, 2]);
  });

  it('answers a load with everything that came before it, and nothing that came after', async () => {
    const all = await withOneOnItsWay([deposit(2)]);
    const loaded = runtime.load(watchedTill, 'a').then(({ state }) => (state as { balance: number }).balance);
    all.push(give(deposit(4)));
    await clock.advance(5);
    first.resolve();
    await clock.advance(20);
    expect(await Promise.all([...all, loaded])).toEqual([1, 3, 7, 3]);
  });

  /**
   * Gives so many commands, each while the one before is on its way.
   * @param meddle done in each round before that one is let go
   * @returns rounds whose command was decided by then
   */
  async function decidedEarly(rounds: number, meddle: (round: number) => unknown = () => {}): Promise<number[]> {
    const early: number[] = [];
    const all = [give(deposit(1))];
    await clock.advance(5);
    for (let round = 1; round <= rounds; round++) {
      const before = decided.length;
      all.push(give(deposit(1)));
      await clock.advance(5);
      if (decided.length > before) early.push(round);
      await meddle(round);
      const written = first;
      first = handle();
      written.resolve();
      await clock.advance(5);
    }
    first.resolve();
    await clock.advance(5);
    await Promise.all(all);
    return early;
  }

  it('is not asked early every time, so that another node may be first', async () => {
    expect(await decidedEarly(20)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 19, 20]);
  });

  it('is not asked early for a second after another node was first', async () => {
    const rival = createCommandRuntime({ store, clock });
    const meddle = (round: number) => (round === 2 ? rival.execute(aggregate, 'a', deposit(10), context()) : round === 6 && clock.advance(1_000));
    expect(await decidedEarly(8, meddle)).toEqual([1, 2, 7, 8]);
  });
});
