import { RefusedError } from '../../schema/errors/catalogue';
import { systemClock, type Clock } from '../event-store/clock';
import type { EventStore } from '../event-store/port';
import { silentLog, type Log } from '../postgres/log';
import { streamOf, type AnyAggregate } from './aggregate';
import { shuttingDown } from './failures';
import { createLru } from '../lru';
import { DEFAULT_DEADLINE_MS, RECENT_MS, defaultLimits, type CommandLimits } from './limits';
import { openMailbox, type Mailbox } from './mailbox';
import { noMetrics, type CommandMetrics } from './metrics';
import type { Pending, PendingCommand, PendingLoad } from './pending';
import type { CommandRuntime, Loaded } from './port';
import { createStateCache } from './state-cache';
import { createStreamWorker } from './stream-worker';

export interface CommandRuntimeOptions {
  store: EventStore;
  clock?: Clock;
  metrics?: CommandMetrics;
  limits?: Partial<CommandLimits>;
  log?: Log;
}

const RECENT_STATES = 10_000;

/**
 * Runs commands on aggregates over an event store: a mailbox for each stream in use, a cache of the states of the others.
 * Several nodes may run it over one store; the expected revision alone keeps them apart.
 *
 * A command id that is in the log already (of the newest `limits.rememberedCommands` of its stream) writes nothing: it is
 * answered with the place and the events of the first time. `answer` then sees these events and the state of now.
 */
export function createCommandRuntime(options: CommandRuntimeOptions): CommandRuntime {
  const { store, clock = systemClock, metrics = noMetrics, log = silentLog } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const cache = createStateCache(limits.cacheWeight);
  const mailboxes = new Map<string, Mailbox>();
  const aggregates = new Map<string, AnyAggregate>();
  const recent = createLru<string, Promise<Loaded<unknown>>>(RECENT_STATES, RECENT_MS, () => clock.now());
  let closing = false;

  function put(aggregate: AnyAggregate, id: string, pending: Pending): void {
    if (closing) throw shuttingDown();
    const owner = aggregates.get(aggregate.category) ?? aggregate;
    if (owner !== aggregate) throw new Error(`Two aggregates call themselves ${aggregate.category}`);
    aggregates.set(aggregate.category, aggregate);
    const name = streamOf(aggregate, id);
    (mailboxes.get(name) ?? open(name, aggregate)).put(pending);
  }

  function open(name: string, aggregate: AnyAggregate): Mailbox {
    const worker = createStreamWorker({ name, aggregate, known: cache.take(name), store, clock, limits, metrics });
    const emptied = () => {
      mailboxes.delete(name);
      const state = worker.state();
      if (state) cache.keep(name, state);
    };
    const mailbox = openMailbox({ worker, clock, limits, metrics, emptied });
    mailboxes.set(name, mailbox);
    return mailbox;
  }

  /** A fault of this program is told in full here alone: whoever asked gets an E5001 that says nothing. */
  function logging(reject: (error: Error) => void, about: { aggregate: string; correlationId?: string }): (error: Error) => void {
    return (error) => {
      const internal = error instanceof RefusedError && error.refusal.code === 'E5001';
      if (internal) log.error({ ...about, err: error.cause }, 'A command failed in a way nobody foresaw');
      reject(error);
    };
  }

  function load(aggregate: AnyAggregate, id: string): Promise<Loaded<unknown>> {
    return new Promise((resolve, reject) => {
      const pending: PendingLoad = {
        kind: 'load', deadline: clock.now() + DEFAULT_DEADLINE_MS, stage: 'waiting', resolve,
        reject: logging(reject, { aggregate: aggregate.category }),
      };
      put(aggregate, id, pending);
    });
  }

  return {
    execute: (aggregate, id, command, context, answer) => new Promise((resolve, reject) => {
      // Whoever asked while the command was on its way was told of the state before it.
      const then = <Value>(settle: (value: Value) => void) => (value: Value): void => {
        recent.delete(streamOf(aggregate, id));
        settle(value);
      };
      const deadline = context.deadline ?? clock.now() + DEFAULT_DEADLINE_MS;
      const pending: PendingCommand = {
        kind: 'command', command, context, answer: (answer ?? nothingToSay) as PendingCommand['answer'], deadline, stage: 'waiting',
        resolve: then(resolve as PendingCommand['resolve']),
        reject: logging(then(reject), { aggregate: aggregate.category, correlationId: context.correlationId }),
      };
      put(withoutTypes(aggregate), id, pending);
    }),

    load: (aggregate, id) => load(withoutTypes(aggregate), id) as Promise<never>,

    recent(aggregate, id) {
      const name = streamOf(aggregate, id);
      const known = recent.get(name);
      if (known) return known as Promise<never>;
      const loaded = load(withoutTypes(aggregate), id);
      recent.set(name, loaded);
      loaded.catch(() => recent.delete(name));
      return loaded as Promise<never>;
    },

    async close() {
      closing = true;
      await Promise.all([...mailboxes.values()].map(({ done }) => done));
    },
  };
}

/** A mailbox serves any kind of aggregate; the types of one meet again only at the caller. */
function withoutTypes(aggregate: unknown): AnyAggregate {
  return aggregate as AnyAggregate;
}

function nothingToSay(): undefined {}
