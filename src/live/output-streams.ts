import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { silentLog, type Log } from '../postgres/log';
import type { Notifications } from '../postgres/notifications';
import { inTransaction } from '../postgres/pool';
import { isTransient } from '../postgres/transient';
import { createWakeUp, type WakeUp } from '../projection-runtime/wake-up';
import { endable } from './endable';
import type { OutputStreams } from './port';

export interface OutputStreamsOptions {
  pool: Pool;
  notifications: Notifications;
  log?: Log;
  /** Milliseconds after the last block for which an output can be read. Default one day. */
  keepMs?: number;
}

type Block = { seq: number; text: string; done: boolean };

/** Told of every new block and end; the payload is the output's id. */
const CHANNEL = 'output_stream';
const PAGE = 200;
const TRY_AGAIN_MS = 250;
const DAY_MS = 86_400_000;
const SWEEP_MS = 600_000;

/**
 * Text blocks in Postgres, told of by NOTIFY and read by number, so a reader on any node misses none and holds a page
 * at most. The last item of a finished output has `done` and no text.
 */
export function createOutputStreams(options: OutputStreamsOptions): OutputStreams & { close(): Promise<void> } {
  const { pool, notifications, log = silentLog, keepMs = DAY_MS } = options;
  const readers = new Map<string, Set<WakeUp>>();
  const closing = new AbortController();
  // Every reader listens to it.
  setMaxListeners(0, closing.signal);
  const wake = (outputId: string): void => readers.get(outputId)?.forEach((reader) => reader.wake());
  const unlisten = notifications.listen(CHANNEL, { message: wake, gap: () => [...readers.keys()].forEach(wake) });
  let sweeping = sweep();
  const timer = setInterval(() => {
    sweeping = sweep();
  }, SWEEP_MS).unref();

  async function sweep(): Promise<void> {
    try {
      await pool.query("delete from output_stream where updated_at < now() - $1 * interval '1 millisecond'", [keepMs]);
    } catch (error) {
      log.warn({ error: (error as Error).message }, 'Old outputs could not be removed');
    }
  }

  async function* blocks(outputId: string, after: number, signal: AbortSignal): AsyncGenerator<Block, undefined> {
    const changed = createWakeUp();
    const others = readers.get(outputId) ?? new Set();
    readers.set(outputId, others.add(changed));
    try {
      for (let seq = after; !signal.aborted;) {
        const page = await readPatiently(outputId, seq, signal);
        for (const block of page) {
          seq = block.seq;
          yield block;
          if (block.done) return;
          if (signal.aborted) return;
        }
        if (page.length === 0) await changed.wait(signal);
      }
    } finally {
      others.delete(changed);
      if (others.size === 0) readers.delete(outputId);
    }
  }

  async function readPatiently(outputId: string, after: number, signal: AbortSignal): Promise<Block[]> {
    for (;;) {
      try {
        return await read(pool, outputId, after);
      } catch (error) {
        if (!isTransient(error) || signal.aborted) throw error;
        await sleep(TRY_AGAIN_MS, undefined, { signal }).catch(() => {});
      }
    }
  }

  return {
    async write(outputId, fence, text) {
      // A block lost in a crash of Postgres is shown again by the answer's own event; no reader waits for the disk.
      return inTransaction(pool, async (client) => {
        const { rowCount } = await client.query(
          `with moved as (
             insert into output_stream as o (output_id, fence, last_seq) values ($1, $2, 1)
             on conflict (output_id) do update set fence = excluded.fence, last_seq = o.last_seq + 1, updated_at = now()
             where o.fence <= excluded.fence and not o.done
             returning last_seq
           ), written as (
             insert into output_block (output_id, seq, text) select $1, last_seq, $3 from moved
           )
           select pg_notify('${CHANNEL}', $1) from moved`,
          [outputId, fence, text.replaceAll('\0', '\uFFFD')],
        );
        return rowCount === 1;
      }, false);
    },
    async finish(outputId, fence) {
      await pool.query(
        `with moved as (
           insert into output_stream as o (output_id, fence, last_seq, done) values ($1, $2, 0, true)
           on conflict (output_id) do update set fence = excluded.fence, done = true, updated_at = now()
           where o.fence <= excluded.fence and not o.done
           returning 1
         )
         select pg_notify('${CHANNEL}', $1) from moved`,
        [outputId, fence],
      );
    },
    read: (outputId, after, signal) => endable((ending) => blocks(outputId, after, ending), [signal, closing.signal]),
    async close() {
      unlisten();
      clearInterval(timer);
      closing.abort();
      await sweeping;
    },
  };
}

/** The next blocks; the end itself, once all blocks are read. */
async function read(pool: Pool, outputId: string, after: number): Promise<Block[]> {
  const { rows } = await pool.query<{ last_seq: number; done: boolean; seq: number | null; text: string | null }>(
    `select o.last_seq, o.done, b.seq, b.text
     from output_stream o
     left join lateral (
       select seq, text from output_block b where b.output_id = o.output_id and b.seq > $2 order by b.seq limit $3
     ) b on true
     where o.output_id = $1
     order by b.seq`,
    [outputId, after, PAGE],
  );
  const found = rows.filter(({ seq }) => seq !== null).map(({ seq, text }): Block => ({ seq: seq!, text: text!, done: false }));
  const [first] = rows;
  const reached = found[found.length - 1]?.seq ?? after;
  if (first?.done && reached >= first.last_seq) found.push({ seq: first.last_seq, text: '', done: true });
  return found;
}
