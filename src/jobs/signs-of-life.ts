import type { Pool } from 'pg';
import type { Log } from '../postgres/log';

export interface SignsOfLife {
  /** Name of this process as it locks jobs. */
  nodeId: string;
  /** Milliseconds of silence after which a process counts as dead. */
  deadAfterMs: number;
  /** Names of processes known to be dead, however fresh their rows are. */
  gone: readonly string[];
  log: Log;
}

/**
 * graphile-worker frees the jobs of a killed process only after four hours. So each process keeps a row with the name
 * it locks jobs under fresh, and whoever finds a row too old frees the jobs locked under that name. A process that was
 * only frozen may then run a job beside its second run: jobs are run at least once.
 * @returns what ends it and takes the row away
 */
export function keepSignsOfLife(pool: Pool, { nodeId, deadAfterMs, gone, log }: SignsOfLife): () => Promise<void> {
  const round = (): Promise<void> => beat().then(freeDead).catch((error: Error) => {
    log.warn({ error: error.message }, 'The sign of life of the job worker failed');
  });

  async function beat(): Promise<void> {
    await pool.query('insert into job_node (node_id) values ($1) on conflict (node_id) do update set seen_at = now()', [nodeId]);
  }

  async function freeDead(): Promise<void> {
    const { rows } = await pool.query<{ node_id: string }>(
      `with dead as (
         delete from job_node where seen_at < now() - $1 * interval '1 millisecond' or node_id = any($2::text[])
         returning node_id
       )
       select node_id, graphile_worker.force_unlock_workers(array[node_id]) from dead`,
      [deadAfterMs, gone],
    );
    if (rows.length > 0) log.warn({ nodes: rows.map((row) => row.node_id) }, 'The jobs of processes that died were freed');
  }

  let last = round();
  const timer = setInterval(() => {
    last = last.then(round);
  }, deadAfterMs / 4);
  return async () => {
    clearInterval(timer);
    await last;
    await pool.query('delete from job_node where node_id = $1', [nodeId]).catch((error: Error) => {
      log.warn({ error: error.message }, 'The sign of life of the job worker could not be taken away');
    });
  };
}
