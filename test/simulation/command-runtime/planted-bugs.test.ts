import { v5 as uuidv5 } from 'uuid';
import type * as Ahead from '../../../src/command-runtime/ahead';
import type * as CatchUp from '../../../src/command-runtime/catch-up';
import type * as DecideBatch from '../../../src/command-runtime/decide-batch';
import type * as Failures from '../../../src/command-runtime/failures';
import type * as RecentCommands from '../../../src/command-runtime/recent-commands';
import type * as Digest from '../../../src/event-store/digest';
import {
  OutcomeUnknown, WrongExpectedRevision, type AppendResult, type EventStore, type ExpectedRevision, type NewEvent,
} from '../../../src/event-store/port';
import { collect } from '../../support/events';
import { judge } from './judge';
import { simulate, type Plants } from './world';

/**
 * The judge is only worth something if it finds what it is there for. These mistakes are ones that real systems made;
 * each is planted here, from outside, and must be found within so many worlds.
 */
const WORLDS = 60;

interface Court {
  simulate(seed: number): ReturnType<typeof simulate>;
  judge: typeof judge;
}

/** A world over nodes whose store is not to be trusted. */
function withStore(change: (store: EventStore) => EventStore): () => Court {
  return withPlants({ node: (create, store) => create(change(store)) });
}

function withPlants(plants: Plants): () => Court {
  return () => ({ simulate: (seed) => simulate(seed, plants), judge });
}

/** The whole world loaded anew, with one module of it changed. */
function withModule<Module extends object>(path: string, change: (sound: Module) => Partial<Module>): () => Court {
  return () => {
    let court!: Court;
    jest.isolateModules(() => {
      jest.doMock(path, () => {
        const sound = jest.requireActual<Module>(path);
        return { ...sound, ...change(sound) };
      });
      court = { ...jest.requireActual<Court>('./world'), ...jest.requireActual<Court>('./judge') };
    });
    jest.dontMock(path);
    return court;
  };
}

const foreseen = (expected: ExpectedRevision, events: readonly NewEvent[]): AppendResult =>
  ({ revision: (expected === 'no_stream' ? -1n : expected) + BigInt(events.length), position: 1n << 60n });
const runtimeFile = (name: string) => `../../../src/command-runtime/${name}`;

const bugs: [name: string, found: RegExp, court: () => Court][] = [
  ['a refusal is answered before the append it was decided on', /before that was written|refused without reason/,
    withModule<typeof DecideBatch>(runtimeFile('decide-batch'), ({ decideBatch }) => ({
      decideBatch(stream, ...rest) {
        const batch = decideBatch(stream, ...rest);
        for (const { pending, result, revision } of batch.decided) {
          if ('refusal' in result) pending.resolve({ accepted: false, ...result, revision, position: stream.position });
        }
        return batch;
      },
    }))],

  ['what was decided upon an append outlives its failure', /nobody asked for this in that state|chain of digests/,
    withModule<typeof Ahead>(runtimeFile('ahead'), ({ createAhead }) => ({
      createAhead(limit) {
        const ahead = createAhead(limit);
        let revision = 0n;
        return {
          ...ahead,
          begin(stream, flight, ...rest) {
            revision = flight.base + BigInt(flight.events.length);
            ahead.begin(stream, flight, ...rest);
          },
          take: (stream, taken) => ahead.take({ ...stream, revision }, taken),
          forget: () => {},
        };
      },
    }))],

  ['a command that is being appended is decided again upon it', /was done twice/,
    withModule<typeof Ahead>(runtimeFile('ahead'), ({ createAhead }) => ({
      createAhead(limit) {
        const ahead = createAhead(limit);
        return { ...ahead, begin: (stream, flight, ...rest) => ahead.begin(stream, { ...flight, written: new Map() }, ...rest) };
      },
    }))],

  ['commands given again are not recognised', /was done twice/,
    withModule<typeof RecentCommands>(runtimeFile('recent-commands'), ({ createRecentCommands }) => ({
      createRecentCommands: (limit) => ({ ...createRecentCommands(limit), find: () => undefined }),
    }))],

  ['what other nodes wrote is counted, but not folded', /nobody asked for this in that state/,
    withModule<typeof CatchUp>(runtimeFile('catch-up'), ({ catchUp }) => ({
      async catchUp(store, name, stream) {
        const before = stream.confirmed;
        const first = stream.revision === -1n;
        const moved = await catchUp(store, name, stream);
        if (!first) [stream.confirmed, stream.working] = [before, before];
        return moved;
      },
    }))],

  ['an unknown outcome is told as a failure', /told that nothing was/,
    withModule<typeof Failures>(runtimeFile('failures'), ({ storeUnavailable }) => ({ outcomeUnknown: storeUnavailable }))],

  ['ids of events are made from the command alone', /answered with events that are not in the log|chain of digests/,
    withModule<typeof Digest>('../../../src/event-store/digest', ({ identifyEvent, eventDigest }) => ({
      identifyEvent(event) {
        const id = uuidv5(event.metadata.commandId, '9b2dd2a7-2a63-4a0d-bb0c-0d4a3c1b5d0e');
        return { ...identifyEvent(event), id, digest: eventDigest({ ...event, id }) };
      },
    }))],

  ['after a conflict the same events are sent again instead of decided again', /nobody asked for this in that state|chain of digests/,
    withStore((store) => ({
      ...store,
      async append(stream, expected, events, deadline) {
        for (let at = expected; ;) {
          try {
            return await store.append(stream, at, events, deadline);
          } catch (error) {
            if (!(error instanceof WrongExpectedRevision)) throw error;
            at = error.actual;
          }
        }
      },
    }))],

  ['a "no" is told from a cached state', /on an old state/,
    withStore((store) => {
      const lost = new Set<string>();
      return {
        ...store,
        append: (stream, ...rest) => store.append(stream, ...rest).catch((error: unknown) => {
          lost.add(stream);
          throw error;
        }),
        async* readStream(stream, options) {
          if ((options?.from ?? 0n) > 0n && options?.maxCount === undefined && !lost.delete(stream)) return;
          yield* store.readStream(stream, options);
        },
      };
    })],

  ['an append whose outcome is unknown counts as written', /events that are not in the log|before that was written|that never was/,
    withStore((store) => ({
      ...store,
      append: (stream, expected, events, deadline) => store.append(stream, expected, events, deadline).catch((error: unknown) => {
        if (error instanceof OutcomeUnknown) return foreseen(expected, events);
        throw error;
      }),
    }))],

  ['an append counts as written as soon as it is sent', /before that was written/,
    withStore((store) => ({
      ...store,
      async append(stream, expected, events, deadline) {
        store.append(stream, expected, events, deadline).catch(() => {});
        return foreseen(expected, events);
      },
    }))],

  ['the next append is sent before the last one is acknowledged', /nobody asked for this in that state|chain of digests/,
    withPlants({
      node(create, store) {
        let sent: Promise<unknown> = Promise.resolve();
        const runtime = create({
          ...store,
          async append(stream, expected, events, deadline) {
            sent = Promise.all([sent, store.append(stream, expected, events, deadline)]);
            sent.catch(() => {});
            return foreseen(expected, events);
          },
        });
        return {
          ...runtime,
          async execute(...args) {
            const outcome = await runtime.execute(...args);
            await sent;
            return outcome;
          },
        };
      },
    })],

  ['a lost append is built anew and sent at the current revision', /was done twice/,
    withPlants({
      resend: (store) => async (stream, expected, events, _, send) => {
        let at = expected;
        let batch = events;
        for (;;) {
          try {
            return await send(at, batch);
          } catch (error) {
            if (error instanceof WrongExpectedRevision) throw error;
            const length = (await collect(store.readStream(stream))).length;
            at = length === 0 ? 'no_stream' : BigInt(length - 1);
            batch = events.map((event) => ({ ...event, id: uuidv5(`${event.id}${length}`, event.id) }));
          }
        }
      },
    })],
];

it.each(bugs)('is found: %s', async (_, found, open) => {
  const court = open();
  for (let seed = 1; seed <= WORLDS; seed++) {
    const faults = court.judge(await court.simulate(seed));
    if (faults.some((fault) => found.test(fault))) return;
  }
  throw new Error(`Not found in ${WORLDS} worlds`);
}, 120_000);
