import type { CommandOutcome, CommandRuntime } from '../../../src/command-runtime/port';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import type { EventStore, RecordedEvent } from '../../../src/event-store/port';
import { RefusedError, type ErrorCode } from '../../../schema/errors/catalogue';
import { collect } from '../../support/events';
import { faultyEventStore, sameAgain, type Resend } from '../../support/faulty-event-store';
import { inPlaceTill, till, type TillCommand, type TillEvent } from '../../support/till';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock';
import { randomOf, type Random } from '../key-pool/random';

/** What a caller was told of its command's effect. */
export interface Answer {
  balance: number;
  events: readonly TillEvent[];
}

/** One call of `execute`, with everything a judge may want to know about it. */
export interface Call {
  stream: string;
  commandId: string;
  command: TillCommand;
  /** Events in the stream when it was made, and when it was answered. */
  lengthBefore: number;
  lengthAfter?: number;
  /** Undefined when the node crashed before it answered. */
  outcome?: CommandOutcome<Answer> | { failed: ErrorCode };
}

export interface History {
  calls: Call[];
  logs: ReadonlyMap<string, readonly RecordedEvent[]>;
  /** Calls that nobody answered in the end. */
  unanswered: number;
}

/** Parts of the world that a planted bug replaces. */
export interface Plants {
  /** Builds a node's runtime over its store. */
  node?: (create: (store: EventStore) => CommandRuntime, store: EventStore) => CommandRuntime;
  resend?: (store: EventStore, clock: VirtualClock) => Resend;
}

const NODES = 3;
const CLIENTS = 6;
const COMMANDS_EACH = 25;
const IDS = ['a', 'b'];
const DEADLINE_MS = 3_000;

interface Node {
  runtime: CommandRuntime;
  /** Callers that wait for an answer; those of a crashed node learn only that there will be none. */
  callers: Set<(outcome: undefined) => void>;
}

/**
 * Lets a few clients give commands to a few nodes over one store, with late and lost messages, rivals, commands given
 * twice, and nodes that crash; all of it follows from the seed.
 */
export async function simulate(seed: number, plants: Plants = {}): Promise<History> {
  const random = randomOf(seed);
  const clock = createVirtualClock(undefined, random.next);
  const store = createInMemoryEventStore({ clock, identity: 'simulated' });
  const aggregate = random.chance(0.5) ? till : inPlaceTill;
  const weather = weatherOf(random);
  const resend = plants.resend?.(store, clock) ?? sameAgain(clock);
  const build = plants.node ?? ((create, faulty) => create(faulty));
  const calls: Call[] = [];
  const lengths = new Map(IDS.map((id) => [id, 0]));
  const watchedStore: EventStore = {
    ...store,
    async append(stream, ...rest) {
      const result = await store.append(stream, ...rest);
      const id = stream.slice('till-'.length);
      lengths.set(id, Math.max(lengths.get(id)!, Number(result.revision) + 1));
      return result;
    },
  };
  const createRuntime = (faulty: EventStore) => createCommandRuntime({
    clock, store: faulty,
    limits: { batchCommands: random.between(1, 6), queueLength: random.between(1, 8), cacheWeight: random.between(0, 200) },
  });
  const start = (): Node => ({ callers: new Set(), runtime: build(createRuntime, faultyEventStore(watchedStore, clock, weather, resend)) });
  const nodes = Array.from({ length: NODES }, start);
  let unanswered = 0;

  /** Gives one command to one node; undefined when the node crashed meanwhile. */
  async function give(id: string, commandId: string, command: TillCommand): Promise<Call['outcome']> {
    const node = random.pick(nodes);
    const call: Call = { stream: `till-${id}`, commandId, command, lengthBefore: lengths.get(id)! };
    calls.push(call);
    unanswered++;
    const actor = { kind: 'user' as const, id: 'u' };
    const deadline = clock.now() + DEADLINE_MS;
    const context = { commandId, correlationId: commandId, causationId: commandId, actor, tenant: 't', deadline };
    const outcome = await new Promise<Call['outcome']>((resolve) => {
      node.callers.add(resolve);
      void node.runtime.execute(aggregate, id, command, context, ({ balance }, events) => ({ balance, events: [...events] }))
        .catch((error: unknown) => ({ failed: error instanceof RefusedError ? error.refusal.code : ('E5001' as const) }))
        .then(resolve)
        .finally(() => node.callers.delete(resolve));
    });
    unanswered--;
    call.lengthAfter = lengths.get(id)!;
    call.outcome = outcome;
    return outcome;
  }

  const wait = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));

  /** What failed or was not answered is mostly given again under the same id, perhaps to another node; some is given twice. */
  async function client(): Promise<void> {
    for (let n = 0; n < COMMANDS_EACH; n++) {
      const id = random.pick(IDS);
      const commandId = uuidOf(random);
      const type = random.chance(0.5) ? 'Deposit' as const : 'Withdraw' as const;
      const amount = random.between(1, 9);
      const command = () => ({ type, amount, ref: random.chance(0.1) ? `ref-${random.between(1, 9)}` : uuidOf(random) });
      const hasty = random.chance(0.15) ? give(id, commandId, command()) : undefined;
      for (let attempt = 0; attempt < 4; attempt++) {
        const outcome = await give(id, commandId, command());
        const answered = outcome !== undefined && !('failed' in outcome);
        if (random.chance(answered ? 0.95 : 0.2)) break;
        await wait(random.between(0, 200));
      }
      if (random.chance(0.3)) await hasty;
      await wait(random.chance(0.5) ? 0 : random.between(0, 40));
    }
  }

  async function crashes(): Promise<void> {
    for (;;) {
      await wait(random.between(500, 6_000));
      if (done) return;
      const index = random.between(0, NODES - 1);
      for (const resolve of nodes[index]!.callers) resolve(undefined);
      nodes[index] = start();
    }
  }

  let done = false;
  const working = Promise.all(Array.from({ length: CLIENTS }, client)).then(() => {
    done = true;
  });
  void crashes();
  await clock.runUntil(() => done);
  await working;
  weather.calm();
  await clock.advance(30_000);
  const logs = new Map<string, RecordedEvent[]>();
  for (const id of IDS) logs.set(`till-${id}`, await collect(store.readStream(`till-${id}`)));
  return { calls, logs, unanswered };
}

function weatherOf(random: Random) {
  const loss = random.pick([0, 0.02, 0.1]);
  const late = random.pick([0, 0.02, 0.1]);
  let calm = false;
  return {
    delay: () => (!calm && random.chance(late) ? random.between(100, 6_000) : random.between(1, 6)),
    isLost: () => !calm && random.chance(loss),
    calm: () => {
      calm = true;
    },
  };
}

function uuidOf(random: Random): string {
  return '00000000-0000-4000-8000-000000000000'.replace(/0/g, () => random.below(16).toString(16));
}
