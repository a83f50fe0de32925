import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolClient, QueryConfig } from 'pg';
import { isTransient } from '../postgres/transient';

const PAUSES_MS = [50, 100, 250, 500, 1_000];

/** What graphile-worker takes for "run the same again": any other code of a lost connection ends the job's bookkeeping. */
const RUN_AGAIN = '40001';

/**
 * The pool as graphile-worker 0.17 needs it to outlive an outage. It does not wait for what becomes of "this job is done",
 * so that a connection which cannot be made, or is lost, would surface as an unhandled rejection and end the process.
 * Here connecting waits until the database is back, and a lost connection reads as "run it again", which it does.
 * More jobs than connections are no mistake: jobs wait for vendors, so the number of connections is not told.
 */
export function patientPool(pool: Pool): Pool {
  return new Proxy(pool, {
    get(target, property) {
      if (property === 'connect') return (callback?: Parameters<Pool['connect']>[0]) => (callback ? target.connect(callback) : connect(target));
      if (property === 'options') return { ...target.options, max: Number.MAX_SAFE_INTEGER };
      return bound(target, property);
    },
  });
}

async function connect(pool: Pool): Promise<PoolClient> {
  for (let failures = 0; ; failures++) {
    // The process is ending: whoever still asks gets no answer rather than an error that nobody hears.
    if (pool.ending) return new Promise(() => {});
    try {
      return patientClient(await pool.connect());
    } catch (error) {
      if (!pool.ending && !isTransient(error)) throw error;
      await sleep(PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)]);
    }
  }
}

function patientClient(client: PoolClient): PoolClient {
  return new Proxy(client, {
    get(target, property) {
      if (property !== 'query') return bound(target, property);
      return async (statement: QueryConfig, values?: unknown[]) => {
        try {
          return await target.query(statement, values);
        } catch (error) {
          if (!isTransient(error)) throw error;
          throw Object.assign(new Error((error as Error).message, { cause: error }), { code: RUN_AGAIN });
        }
      };
    },
  });
}

/** Methods keep working on the object itself, not on its stand-in. */
function bound<Target extends object>(target: Target, property: string | symbol): unknown {
  const value: unknown = Reflect.get(target, property);
  return typeof value === 'function' ? (value.bind(target) as unknown) : value;
}
