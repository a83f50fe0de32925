import type { Pool } from 'pg';
import { patientPool } from '../../../src/jobs/patient-pool';

const refused = (): Error => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

/** A pool of which every connect and query goes as the next of `steps` says. */
function poolOf(steps: { connect?: (Error | undefined)[]; query?: (Error | undefined)[] }): { pool: Pool; connects: () => number } {
  let connects = 0;
  const client = {
    query: async () => {
      const failure = steps.query?.shift();
      if (failure) throw failure;
      return { rows: [1] };
    },
    release: () => {},
  };
  const pool = {
    ending: false,
    options: { max: 3 },
    connect: async () => {
      connects++;
      const failure = steps.connect?.shift();
      if (failure) throw failure;
      return client;
    },
  };
  return { pool: pool as unknown as Pool, connects: () => connects };
}

test('connecting waits until the database is back', async () => {
  const { pool, connects } = poolOf({ connect: [refused(), refused(), undefined] });
  const client = await patientPool(pool).connect();
  expect(connects()).toBe(3);
  expect(await client.query('select 1')).toEqual({ rows: [1] });
});

test('an error that waiting does not mend is thrown', async () => {
  const { pool, connects } = poolOf({ connect: [Object.assign(new Error('password authentication failed'), { code: '28P01' })] });
  await expect(patientPool(pool).connect()).rejects.toThrow('password authentication failed');
  expect(connects()).toBe(1);
});

test('a connection lost in a statement reads as "run it again", with its cause', async () => {
  const lost = Object.assign(new Error('terminating connection due to unexpected postmaster exit'), { code: '57P02' });
  const { pool } = poolOf({ query: [lost, Object.assign(new Error('syntax error'), { code: '42601' })] });
  const client = await patientPool(pool).connect();
  await expect(client.query('select 1')).rejects.toMatchObject({ code: '40001', message: lost.message, cause: lost });
  await expect(client.query('select 1')).rejects.toMatchObject({ code: '42601' });
});

test('nobody is answered by an error while the process ends', async () => {
  const { pool } = poolOf({});
  Object.assign(pool, { ending: true });
  const outcome = await Promise.race([patientPool(pool).connect().then(() => 'connected', () => 'failed'), new Promise((resolve) => setImmediate(resolve, 'silent'))]);
  expect(outcome).toBe('silent');
});
