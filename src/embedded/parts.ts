import type { Configuration } from '../configuration';
import { startEmbeddedEventStore } from './event-store';
import { startEmbeddedPostgres } from './postgres';
import { supervise } from './supervise';

/** What runs beside the server when no database and no event store are configured. */
export interface EmbeddedParts {
  databaseUrl: string;
  eventStoreSocket: string;
  /** `host:port` for other EventStoreDB clients, when configured. */
  eventStoreAddress: string | undefined;
  /** Event store first, then the Postgres below it. */
  stop(): Promise<void>;
}

/** Starts Postgres, then the event store on a database of its own, and keeps both running. */
export async function startEmbeddedParts({ dataDir }: Configuration, warn: (message: string) => void): Promise<EmbeddedParts> {
  const postgres = await supervise('Postgres', () => startEmbeddedPostgres({ dataDir }), warn);
  try {
    const [databaseUrl, logUrl] = [await postgres.current().databaseUrl('keyledger'), await postgres.current().databaseUrl('eventstore')];
    const eventStore = await supervise('The event store', () => startEmbeddedEventStore({ databaseUrl: logUrl, dataDir }), warn);
    return {
      databaseUrl,
      eventStoreSocket: eventStore.current().socketPath,
      eventStoreAddress: eventStore.current().address,
      stop: async () => {
        await eventStore.stop();
        await postgres.stop();
      },
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}
