import { startEventStoreServer } from '../../src/event-store/embedded/server';
import { createPostgresStorage } from '../../src/event-store/embedded/storage/postgres';
import { serveParent, startChild, type Child } from './child';

interface Order {
  databaseUrl: string;
  socketPath: string;
}

/** The embedded event store in a process of its own, as in the product, on a database that is its alone. */
export const startStoreProcess = (order: Order): Promise<Child<null>> => startChild<null>(__filename, order);

if (require.main === module) {
  serveParent<Order, null>(async ({ databaseUrl, socketPath }) => {
    const store = createPostgresStorage({ url: databaseUrl });
    const server = await startEventStoreServer({ store, listen: { socketPath }, onFailure: (error) => console.error(error) });
    return { ready: null, stop: () => server.close() };
  });
}
