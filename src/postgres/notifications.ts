import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { silentLog, type Log } from './log';

export interface ChannelListener {
  message(payload: string): void;
  /** LISTEN has just begun, for the first time or after a lost connection: messages may have been missed, look anew. */
  gap(): void;
}

/** NOTIFY messages of this process: one connection for all channels, restored for ever. */
export interface Notifications {
  /** @returns a function that ends the listening */
  listen(channel: string, listener: ChannelListener): () => void;
  stop(): Promise<void>;
}

const BACK_OFF_MS = [20, 100, 250, 500, 1_000, 2_000];
/** A connection that says nothing may be dead without anybody telling: it is asked this often, and given this long. */
const PROBE_EVERY_MS = 10_000;
const PROBE_TIMEOUT_MS = 5_000;

/** Opens the listening connection; it comes up in the background and survives restarts of Postgres. */
export function createNotifications(url: string, log: Log = silentLog): Notifications {
  const channels = new Map<string, Set<ChannelListener>>();
  const stopping = new AbortController();
  let connection: Connection | undefined;

  const deliver = (channel: string, payload: string): void => {
    for (const listener of channels.get(channel) ?? []) listener.message(payload);
  };
  const listened = (channel: string): void => {
    for (const listener of channels.get(channel) ?? []) listener.gap();
  };

  async function keepConnected(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; failures++) {
      try {
        connection = await connect(url, deliver, listened);
        failures = 0;
        if (stopping.signal.aborted) await connection.close();
        for (const channel of channels.keys()) connection.listen(channel);
        await connection.ended;
      } catch (error) {
        log.warn({ error: (error as Error).message }, 'The notification connection could not be made');
      }
      connection = undefined;
      const delay = BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length - 1)];
      await sleep(delay, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }
  const running = keepConnected();

  return {
    listen(channel, listener) {
      const listeners = channels.get(channel) ?? new Set();
      channels.set(channel, listeners.add(listener));
      connection?.listen(channel);
      return () => {
        listeners.delete(listener);
      };
    },
    async stop() {
      stopping.abort();
      await connection?.close();
      await running;
    },
  };
}

interface Connection {
  listen(channel: string): void;
  close(): Promise<void>;
  ended: Promise<void>;
}

async function connect(
  url: string,
  deliver: (channel: string, payload: string) => void,
  listened: (channel: string) => void,
): Promise<Connection> {
  const client = new Client({
    connectionString: url,
    application_name: 'keyledger notifications',
    keepAlive: true,
    connectionTimeoutMillis: PROBE_TIMEOUT_MS,
    query_timeout: PROBE_TIMEOUT_MS,
  });
  let lost = (): void => {};
  const ended = new Promise<void>((resolve) => {
    lost = resolve;
  });
  client.on('error', lost);
  client.once('end', lost);
  await client.connect();
  client.on('notification', ({ channel, payload = '' }) => deliver(channel, payload));

  // One statement at a time; one that fails or times out means a connection that is no good any more.
  let last: Promise<void> = Promise.resolve();
  const run = (statement: string, then: () => void = () => {}): void => {
    last = last.then(() => client.query(statement)).then(then, lost);
  };
  const probe = setInterval(() => run('select 1'), PROBE_EVERY_MS).unref();
  void ended.then(() => {
    clearInterval(probe);
    return client.end();
  });
  return {
    ended,
    listen: (channel) => run(`listen ${client.escapeIdentifier(channel)}`, () => listened(channel)),
    close: async () => {
      await last;
      lost();
      await client.end();
    },
  };
}
