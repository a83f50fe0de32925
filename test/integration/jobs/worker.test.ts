import { setTimeout } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { JobHelpers, Tasks } from '../../../src/jobs/port';
import { removeEmptyQueues } from '../../../src/jobs/empty-queues';
import { enqueue, startJobs, type JobOptions, type Jobs } from '../../../src/jobs/worker';
import { silentLog } from '../../../src/postgres/log';
import { createPool, inTransaction } from '../../../src/postgres/pool';
import { createMigratedDatabase, type TestDatabase } from '../../support/database';
import { eventually } from '../projection-runtime/setting';

describe('jobs', () => {
  let database: TestDatabase;
  let pool: Pool;
  const running: Jobs[] = [];
  beforeAll(async () => {
    database = await createMigratedDatabase();
    pool = createPool(database.url, { max: 8, applicationName: 'jobs test' });
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((jobs) => jobs.stop()));
    await pool.query('delete from graphile_worker._private_jobs');
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  async function start(tasks: Tasks, options: Partial<JobOptions> = {}): Promise<Jobs> {
    const jobs = await startJobs({ pool, tasks, ...options });
    running.push(jobs);
    return jobs;
  }

  it('run soon after they are enqueued, with what they need to know', async () => {
    const runs: { payload: unknown; helpers: JobHelpers; after: number }[] = [];
    const enqueued = { at: 0 };
    await start({ greet: async (payload, helpers) => void runs.push({ payload, helpers, after: Date.now() - enqueued.at }) });
    await enqueue(pool, { task: 'greet', payload: { name: 'warm-up' }, jobKey: 'warm-up' });
    await eventually(() => runs.length === 1);
    enqueued.at = Date.now();
    await enqueue(pool, { task: 'greet', payload: { name: 'Ada' }, jobKey: 'ada' });
    await eventually(() => runs.length === 2);
    expect(runs[1]).toMatchObject({ payload: { name: 'Ada' }, helpers: { jobId: expect.any(String), attempt: 1, maxAttempts: 25 } });
    expect(runs[1]!.after).toBeLessThan(900);
  });

  it('are found soon after another look has hidden their queue', async () => {
    const ran: number[] = [];
    await start({ greet: async ({ n }) => void ran.push(n) }, { pollMs: 600_000 });
    const add = (n: number) => enqueue(pool, { task: 'greet', payload: { n }, jobKey: `greet ${n}`, queue: 'hidden' });
    await add(1);
    await eventually(() => ran.length === 1);
    await inTransaction(pool, async (client) => {
      await eventually(async () => (await client.query(`select from graphile_worker._private_job_queues where queue_name = 'hidden' and locked_at is null for update`)).rowCount === 1);
      await add(2);
      await setTimeout(15);
    });
    await eventually(() => ran.length === 2);
  });

  it('are looked for by nobody while the worker ends, whatever it heard of just before', async () => {
    let started = false;
    const jobs = await start({
      hold: (_, { signal }) => new Promise((resolve) => {
        started = true;
        signal.addEventListener('abort', () => resolve());
      }),
    }, { graceMs: 400 });
    const failed: unknown[] = [];
    const note = (error: unknown): void => void failed.push(error);
    process.on('uncaughtException', note);
    await enqueue(pool, { task: 'hold', payload: {}, jobKey: 'hold' });
    await eventually(() => started);
    running.splice(0);
    await jobs.stop();
    process.off('uncaughtException', note);
    expect(failed).toEqual([]);
  });

  it('leave no queue behind but those in which something waits', async () => {
    const ran: string[] = [];
    await start({ greet: async ({ name }) => void ran.push(name) });
    const add = (name: string, runAt?: Date) => enqueue(pool, { task: 'greet', payload: { name }, jobKey: name, queue: `of ${name}`, runAt });
    await add('Ada');
    await add('Bob', new Date(Date.now() + 60_000));
    await eventually(() => ran.includes('Ada'));
    await eventually(async () => {
      await removeEmptyQueues(pool);
      const { rows } = await pool.query('select queue_name from graphile_worker._private_job_queues');
      return rows.map((row) => row.queue_name).join() === 'of Bob';
    });
    // Queues that were taken away come back, while others are taken away.
    const names = Array.from({ length: 40 }, (_, n) => `name ${n % 4} ${n}`);
    for (const name of names) await Promise.all([enqueue(pool, { task: 'greet', payload: { name }, jobKey: name, queue: `of ${name.slice(0, 6)}` }), removeEmptyQueues(pool)]);
    await eventually(() => names.every((name) => ran.includes(name)));
  });

  it('replace a waiting job of the same key', async () => {
    const later = new Date(Date.now() + 60_000);
    await enqueue(pool, { task: 'greet', payload: { n: 1 }, jobKey: 'same', runAt: later });
    await enqueue(pool, { task: 'greet', payload: { n: 2 }, jobKey: 'same', runAt: later });
    const { rows } = await pool.query('select payload from graphile_worker._private_jobs');
    expect(rows).toEqual([{ payload: { n: 2 } }]);
  });

  it('know their last attempt', async () => {
    const attempts: [number, number][] = [];
    await start({ fail: async (_, { attempt, maxAttempts }) => {
      attempts.push([attempt, maxAttempts]);
      throw new Error('no');
    } });
    await enqueue(pool, { task: 'fail', payload: {}, jobKey: 'fail', maxAttempts: 2 });
    await eventually(() => attempts.length === 1);
    await eventually(async () =>
      (await pool.query('update graphile_worker._private_jobs set run_at = now() where locked_at is null')).rowCount === 1);
    await eventually(() => attempts.length === 2);
    expect(attempts).toEqual([[1, 2], [2, 2]]);
  });

  it('are told when the worker shuts down, and run again afterwards', async () => {
    let begun = 0;
    const tasks: Tasks = { long: (_, { signal, attempt }) => new Promise((resolve, reject) => {
      begun++;
      if (attempt > 1) resolve();
      signal.addEventListener('abort', () => reject(new Error('shut down')));
    }) };
    const errors: string[] = [];
    const told: string[] = [];
    const log = {
      ...silentLog,
      info: (_details: object, message: string) => void told.push(message),
      error: (_details: object, message: string) => void errors.push(message),
    };
    const jobs = await start(tasks, { graceMs: 10, log });
    await enqueue(pool, { task: 'long', payload: {}, jobKey: 'long' });
    await eventually(() => begun === 1);
    await jobs.stop();
    expect(errors).toEqual([]);
    expect(told).toEqual(['A job was cut off by the shutdown; its next try goes on with it']);
    running.length = 0;
    await pool.query('update graphile_worker._private_jobs set run_at = now()');
    await start(tasks);
    await eventually(() => begun === 2);
  });

  it('of one kind never wait behind those of another when each has workers of its own', async () => {
    const finish: (() => void)[] = [];
    const done: string[] = [];
    await start({ slow: () => new Promise<void>((resolve) => void finish.push(resolve)) }, { concurrency: 2 });
    await start({ quick: async (_, { jobId }) => void done.push(jobId) }, { concurrency: 1 });
    for (let at = 0; at < 5; at++) await enqueue(pool, { task: 'slow', payload: {}, jobKey: `slow ${at}` });
    await eventually(() => finish.length === 2);
    await enqueue(pool, { task: 'quick', payload: {}, jobKey: 'quick' });
    await eventually(() => done.length === 1);
    expect(finish).toHaveLength(2);
    const { rows } = await pool.query<{ nodes: number }>('select count(*)::int as nodes from job_node');
    expect(rows).toEqual([{ nodes: 2 }]);
    await eventually(() => {
      finish.forEach((resolve) => resolve());
      return finish.length === 5;
    });
  });

  it('of a queue that come while one runs follow it', async () => {
    const seen: string[] = [];
    const finish: (() => void)[] = [];
    await start({ drive: ({ name }: { name: string }) => new Promise<void>((resolve) => {
      seen.push(name);
      finish.push(resolve);
    }) }, { concurrency: 3 });
    const add = (name: string): Promise<void> => enqueue(pool, { task: 'drive', payload: { name }, jobKey: 'drive:r1', queue: 'run:r1' });
    await add('first');
    await eventually(() => seen.length === 1);
    await add('second');
    await add('third');
    await enqueue(pool, { task: 'drive', payload: { name: 'other' }, jobKey: 'drive:r2', queue: 'run:r2' });
    await eventually(() => seen.length === 2);
    expect(seen).toEqual(['first', 'other']);
    finish[0]!();
    await eventually(() => seen.length === 3);
    expect(seen[2]).toBe('third');
    finish.forEach((resolve) => resolve());
  });

  it('of a process that died are run by another', async () => {
    await enqueue(pool, { task: 'orphan', payload: {}, jobKey: 'orphan', queue: 'one by one' });
    await pool.query("update graphile_worker._private_jobs set locked_at = now(), locked_by = 'pool-dead', attempts = 1");
    await pool.query("update graphile_worker._private_job_queues set locked_at = now(), locked_by = 'pool-dead'");
    await pool.query("insert into job_node (node_id, seen_at) values ('pool-dead', now() - interval '1 minute')");
    const attempts: number[] = [];
    await start({ orphan: async (_, { attempt }) => void attempts.push(attempt) });
    await eventually(() => attempts.length === 1);
    expect(attempts).toEqual([2]);
  });

  it('of a process that is known to have died are run at once, however fresh its sign of life is', async () => {
    await enqueue(pool, { task: 'orphan', payload: {}, jobKey: 'orphan', queue: 'one by one' });
    await pool.query("update graphile_worker._private_jobs set locked_at = now(), locked_by = 'pool-dead', attempts = 1");
    await pool.query("update graphile_worker._private_job_queues set locked_at = now(), locked_by = 'pool-dead'");
    await pool.query("insert into job_node (node_id) values ('pool-dead'), ('pool-alive')");
    const attempts: number[] = [];
    const noted: string[] = [];
    await start({ orphan: async (_, { attempt }) => void attempts.push(attempt) }, { succession: { left: ['pool-dead'], note: (name) => void noted.push(name) } });
    await eventually(() => attempts.length === 1);
    expect(attempts).toEqual([2]);
    const { rows } = await pool.query<{ node_id: string }>('select node_id from job_node order by seen_at');
    expect(rows.map(({ node_id: id }) => id)).toEqual(['pool-alive', ...noted]);
    await pool.query("delete from job_node where node_id = 'pool-alive'");
  });

  it('of a living process are left to it', async () => {
    const finish: (() => void)[] = [];
    let runs = 0;
    const tasks: Tasks = { slow: () => new Promise<void>((resolve) => {
      runs++;
      finish.push(resolve);
    }) };
    const deadAfterMs = 200;
    await start(tasks, { deadAfterMs });
    await enqueue(pool, { task: 'slow', payload: {}, jobKey: 'slow' });
    await eventually(() => runs === 1);
    await start(tasks, { deadAfterMs });
    const { rows: [before] } = await pool.query<{ seen: Date }>('select max(seen_at) as seen from job_node');
    const threeTimesDeadAfter = "select from job_node having min(seen_at) > $1::timestamptz + interval '600 milliseconds'";
    await eventually(async () => (await pool.query(threeTimesDeadAfter, [before!.seen])).rowCount === 1);
    expect(runs).toBe(1);
    finish.forEach((resolve) => resolve());
  });
});
