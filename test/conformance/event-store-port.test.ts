import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInMemoryStorage } from '../../src/event-store/embedded/storage/in-memory';
import { startEventStoreServer, type EventStoreServer } from '../../src/event-store/embedded/server';
import { createEventStore } from '../../src/event-store/esdb';
import { createInMemoryEventStore } from '../../src/event-store/in-memory';
import { eventStoreContract } from './event-store-port';

describe('in-memory adapter', () => {
  const store = createInMemoryEventStore();
  eventStoreContract(async () => store);
});

describe('client adapter with the embedded server', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'event-store-'));
  const socketPath = path.join(folder, 'es.sock');
  let server: EventStoreServer;

  beforeAll(async () => {
    server = await startEventStoreServer({ store: createInMemoryStorage(), listen: { socketPath } });
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  eventStoreContract(async () => createEventStore({ socketPath }));
});

describe('client adapter with a real EventStoreDB', () => {
  const url = process.env.EVENTSTORE_URL;
  if (url) eventStoreContract(async () => createEventStore({ url }));
  else it.skip('runs when EVENTSTORE_URL is set, for example EVENTSTORE_URL=esdb://127.0.0.1:2113?tls=false npm test', () => {});
});
