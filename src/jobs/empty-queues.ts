import type { Pool } from 'pg';
import { inTransaction } from '../postgres/pool';

/** Milliseconds for which adding and taking jobs may have to wait; when it takes longer, the next time is early enough. */
const LONGEST_STALL_MS = 2_000;

/**
 * Removes the queues in which nothing waits. graphile-worker 0.17 keeps a row for every name of a queue that there ever
 * was and locks all of them each time it looks for a job, and every run has a queue of its own. Its own clean-up can take a
 * queue away just as a job is put into it, and such a job would never run; hence the lock.
 */
export async function removeEmptyQueues(pool: Pool): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query(`set local lock_timeout = ${LONGEST_STALL_MS}`);
    await client.query('lock table graphile_worker._private_job_queues in share row exclusive mode');
    await client.query(
      `delete from graphile_worker._private_job_queues q
       where locked_at is null and not exists (select from graphile_worker._private_jobs j where j.job_queue_id = q.id)`);
  });
}
