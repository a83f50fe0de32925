import { EventEmitter } from 'node:events';
import { run, type Task as GraphileTask, type TaskList, type WorkerEvents } from 'graphile-worker';
import type { Pool } from 'pg';
import type { Succession } from '../embedded/instance-lock';
import { graphileLogger } from '../postgres/graphile-logger';
import { silentLog, type Log } from '../postgres/log';
import { lookAgain } from './look-again';
import { patientPool } from './patient-pool';
import type { Tasks } from './port';
import { keepSignsOfLife } from './signs-of-life';

export interface JobOptions {
  /** Made by `createPool`, without a statement timeout; one connection listens, the others fetch and finish jobs. */
  pool: Pool;
  tasks: Tasks;
  /** Jobs run at the same time. Default 10. */
  concurrency?: number;
  /** Regular jobs, one line each as in cron (UTC), for example `0 3 * * * sweep`. */
  crontab?: string;
  /** Milliseconds that running jobs have at shutdown before their signal aborts. Default 5 s. */
  graceMs?: number;
  /** Milliseconds after which the jobs of a process that gives no sign are freed. Default 30 s. */
  deadAfterMs?: number;
  /** Jobs of the process before this one are freed at once. */
  succession?: Succession | undefined;
  /** Milliseconds between two looks for jobs that became due by time; of others it is told at once. Default 1 s. */
  pollMs?: number;
  log?: Log;
}

export interface Jobs {
  /** Takes no more jobs and waits for the running ones; those that end with an error after their abort run again later. */
  stop(): Promise<void>;
}

/** Runs the jobs of this database, together with whatever other processes do the same. */
export async function startJobs(options: JobOptions): Promise<Jobs> {
  const { pool, tasks, concurrency = 10, crontab = '', graceMs = 5_000, deadAfterMs = 30_000, pollMs = 1_000, succession, log = silentLog } = options;
  const events: WorkerEvents = new EventEmitter();
  lookAgain(events);
  let stopping = false;
  let endSigns = async (): Promise<void> => {};
  events.once('pool:create', ({ workerPool }) => {
    succession?.note(workerPool.id);
    endSigns = keepSignsOfLife(pool, { nodeId: workerPool.id, deadAfterMs, gone: succession?.left ?? [], log });
  });
  const runner = await run({
    pgPool: patientPool(pool),
    taskList: taskList(tasks),
    concurrency,
    crontab,
    events,
    noHandleSignals: true,
    pollInterval: pollMs,
    gracefulShutdownAbortTimeout: graceMs,
    logger: graphileLogger(calmWhen(() => stopping, log)),
  });
  runner.promise.catch((error: Error) => log.error({ error: error.message }, 'The job worker ended with an error'));
  return {
    async stop() {
      stopping = true;
      await runner.stop();
      await endSigns();
    },
  };
}

/** Jobs that are cut off at a shutdown run again later: nobody has to do anything about them. */
function calmWhen(isStopping: () => boolean, log: Log): Log {
  return {
    info: (details, message) => log.info(details, message),
    warn: (details, message) => log.warn(details, message),
    error(details, message) {
      if (isStopping() && message.startsWith('Failed task')) log.info({ ...details, detail: message }, 'A job was cut off by the shutdown; its next try goes on with it');
      else log.error(details, message);
    },
  };
}

function taskList(tasks: Tasks): TaskList {
  return Object.fromEntries(Object.entries(tasks).map(([name, task]): [string, GraphileTask] => [name, (payload, { job, abortSignal }) =>
    task(payload, { jobId: String(job.id), attempt: job.attempts, maxAttempts: job.max_attempts, signal: abortSignal })]));
}

export interface JobSpec {
  task: string;
  payload: Record<string, unknown>;
  /** A waiting job of the same key is replaced. */
  jobKey: string;
  runAt?: Date;
  /** Jobs of one queue run one after the other. */
  queue?: string;
  maxAttempts?: number;
}

/** Enqueues a job from code that is not a reactor. */
export async function enqueue(pool: Pool, { task, payload, jobKey, runAt, queue, maxAttempts }: JobSpec): Promise<void> {
  await pool.query(
    `select graphile_worker.add_job(identifier := $1, payload := $2::json, queue_name := $3, run_at := $4::timestamptz,
       max_attempts := $5, job_key := $6)`,
    [task, JSON.stringify(payload), queue ?? null, runAt?.toISOString() ?? null, maxAttempts ?? null, jobKey],
  );
}
