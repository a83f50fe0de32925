import { randomUUID } from 'node:crypto';
import type { CommandContext } from '../../../src/command-runtime/port';
import type { EventStore } from '../../../src/event-store/port';
import type { TillCommand } from '../../support/till';

export function context(over: Partial<CommandContext> = {}): CommandContext {
  return {
    commandId: randomUUID(), correlationId: randomUUID(), causationId: randomUUID(),
    actor: { kind: 'user', id: 'u-1' }, tenant: 't-1', ...over,
  };
}

export const deposit = (amount: number, ref: string = randomUUID()): TillCommand => ({ type: 'Deposit', ref, amount });
export const withdraw = (amount: number, ref: string = randomUUID()): TillCommand => ({ type: 'Withdraw', ref, amount });

type Append = EventStore['append'];
type Around = (append: () => ReturnType<Append>, args: Parameters<Append>) => ReturnType<Append>;

/** A store whose appends go through `around`, and which counts them. */
export function watched(store: EventStore, around: Around = (append) => append()) {
  const appends: Parameters<Append>[] = [];
  const watching: EventStore = {
    ...store,
    append: (...args) => {
      appends.push(args);
      return around(() => store.append(...args), args);
    },
  };
  return { store: watching, appends };
}

/** A promise to settle by hand. */
export function handle<T = void>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((...settle) => {
    [resolve, reject] = settle;
  });
  return { promise, resolve, reject };
}

/** Everything that needs no time has happened. */
export const settled = () => new Promise((resolve) => setImmediate(resolve));
