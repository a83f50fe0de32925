import type { Log } from '../postgres/log';
import type { SqlPool } from '../vault/sql-pool';
import type { ClientKeyUse } from './port';

const FLUSH_EVERY_MS = 5_000;
/** Uses of more keys than this between two writes are not counted: the count is a service, its memory a promise. */
const MAX_KEYS = 100_000;

const ADD = `
  update auth_client_keys k
  set use_count = k.use_count + u.count, last_used_at = greatest(k.last_used_at, u.at)
  from unnest($1::text[], $2::bigint[], $3::timestamptz[]) as u (key_id, count, at)
  where k.key_id = u.key_id`;

interface Counted {
  count: number;
  at: Date;
}

interface KeptUses extends Record<string, unknown> {
  key_id: string;
  use_count: string;
  last_used_at: Date | null;
}

const newer = (one: Date, other: Date): Date => (one > other ? one : other);

export interface ClientKeyUses {
  count(keyId: string): void;
  /** In the order of the ids. */
  of(keyIds: readonly string[]): Promise<ClientKeyUse[]>;
  flush(): Promise<void>;
  /** Writes what was counted, and no more after that; what cannot be written any more is lost. */
  close(): Promise<void>;
}

/** Counts uses of keys in memory and adds them to `auth_client_keys` every few seconds, all in one statement. */
export function createClientKeyUses({ pool, clock, log }: { pool: SqlPool; clock: () => Date; log: Log }): ClientKeyUses {
  let counted = new Map<string, Counted>();
  let written: Promise<void> = Promise.resolve();

  function add(keyId: string, { count, at }: Counted): void {
    const before = counted.get(keyId);
    if (before) counted.set(keyId, { count: before.count + count, at: newer(at, before.at) });
    else if (counted.size < MAX_KEYS) counted.set(keyId, { count, at });
  }

  async function write(): Promise<void> {
    if (counted.size === 0) return;
    const batch = [...counted];
    counted = new Map();
    try {
      await pool.query(ADD, [batch.map(([keyId]) => keyId), batch.map(([, { count }]) => count), batch.map(([, { at }]) => at)]);
    } catch (error) {
      for (const [keyId, uses] of batch) add(keyId, uses);
      throw error;
    }
  }

  /** One after another, so that whoever waits for a write has everything counted before it in the table. */
  function flush(): Promise<void> {
    written = written.then(write, write);
    return written;
  }

  /** While nothing is on its way to the table, so that every use is either there or still in `counted`. */
  async function readBetweenWrites(keyIds: readonly string[]): Promise<Map<string, KeptUses>> {
    for (;;) {
      const before = written;
      // What could not be written is counted still.
      await before.catch(() => {});
      const { rows } = await pool.query<KeptUses>('select key_id, use_count, last_used_at from auth_client_keys where key_id = any($1)', [keyIds]);
      if (before === written) return new Map(rows.map((row) => [row.key_id, row]));
    }
  }

  /** Nobody waits for these writes, so the log is told when one fails. */
  const flushOrTell = (message: string): Promise<void> =>
    flush().catch((error: Error) => log.warn({ error: error.message, keys: counted.size }, message));

  const timer = setInterval(() => void flushOrTell('Uses of client keys could not be written; they stay counted and are tried again'), FLUSH_EVERY_MS).unref();

  return {
    count: (keyId) => add(keyId, { count: 1, at: clock() }),
    async of(keyIds) {
      const kept = await readBetweenWrites(keyIds);
      return keyIds.map((keyId) => {
        const { use_count: useCount, last_used_at: lastUsedAt } = kept.get(keyId) ?? { use_count: 0, last_used_at: null };
        const { count, at } = counted.get(keyId) ?? { count: 0, at: null };
        return { useCount: Number(useCount) + count, lastUsedAt: at && lastUsedAt ? newer(at, lastUsedAt) : at ?? lastUsedAt };
      });
    },
    flush,
    async close() {
      clearInterval(timer);
      await flushOrTell('Uses of client keys could not be written any more and are lost');
    },
  };
}
