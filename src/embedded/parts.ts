import type { Configuration } from '../configuration';
import { networkAccess } from '../event-store/embedded/network-access';
import { startEmbeddedEventStore } from './event-store';
import { startEmbeddedPostgres } from './postgres';
import { supervise } from './supervise';

/** What runs beside the server when no database and no event store are configured. */
export interface EmbeddedParts {
  databaseUrl: string;
  eventStoreSocket: string;
  /** How other EventStoreDB clients come in, when configured; names the file of the password, not the password. */
  eventStoreAddress: string | undefined;
  /** Event store first, then the Postgres below it. */
  stop(): Promise<void>;
}

/** Starts Postgres, then the event store on a database of its own, and keeps both running. */
export async function startEmbeddedParts({ dataDir, eventStorePort: port }: Configuration, warn: (message: string) => void): Promise<EmbeddedParts> {
  const postgres = await supervise('Postgres', () => startEmbeddedPostgres({ dataDir }), warn);
  try {
    const [databaseUrl, logUrl] = [await postgres.current().databaseUrl('keyledger'), await postgres.current().databaseUrl('eventstore')];
    const network = port === undefined ? undefined : { port, ...(await networkAccess(dataDir)) };
    const eventStore = await supervise('The event store', () => startEmbeddedEventStore({ databaseUrl: logUrl, dataDir, network }), warn);
    return {
      databaseUrl,
      eventStoreSocket: eventStore.current().socketPath,
      eventStoreAddress: network && `esdb://${eventStore.current().address}?tls=true&tlsCAFile=${network.certFile} (user ${network.user}, password in ${network.passwordFile})`,
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
