import { randomUUID } from 'node:crypto';
import { keyPool, type KeyPoolCommand } from '../../commands/key-pool/decider';
import type { KeyPoolState } from '../../commands/key-pool/state';
import { createCommandRuntime } from '../../src/command-runtime/runtime';
import { createEventStore } from '../../src/event-store/esdb';
import { startStoreProcess } from './store-process';

export interface Granted {
  ticketId: string;
  token: number;
}

/** Key pools as the product has them: command runtime, official client, embedded store, durable Postgres. */
export interface PoolsOnLog {
  /** @returns what the command granted, to whomever. @throws Error for a refusal */
  send(provider: string, command: KeyPoolCommand): Promise<readonly Granted[]>;
  close(): Promise<void>;
}

export async function openPoolsOnLog(databaseUrl: string, socketPath: string): Promise<PoolsOnLog> {
  const server = await startStoreProcess({ databaseUrl, socketPath });
  const store = createEventStore({ socketPath });
  const commands = createCommandRuntime({ store });
  return {
    async send(provider, command) {
      const id = randomUUID();
      const context = { commandId: id, correlationId: id, causationId: id, actor: { kind: 'system', id: 'bench' }, tenant: 'a' } as const;
      const outcome = await commands.execute(keyPool, provider, command, context, (_state: KeyPoolState, events) =>
        events.flatMap(({ type, data }) => (type === 'LeaseGranted' ? [{ ticketId: data.ticketId, token: data.token }] : [])));
      if (!outcome.accepted) throw new Error(outcome.refusal.message);
      return outcome.answer;
    },
    async close() {
      await commands.close();
      await store.close();
      await server.stop();
    },
  };
}
