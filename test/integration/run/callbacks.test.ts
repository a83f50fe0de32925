import { randomBytes } from 'node:crypto';
import { callbackBell } from '../../../commands/run/callback-bell';
import { createRunCallbacks, removeOldCallbacks, type RunCallbacks } from '../../../commands/run/callbacks';
import type { Drive } from '../../../commands/run/drive';
import type { Db } from '../../../src/graphql/context';
import { createVault } from '../../../src/vault/vault';
import { eventually } from '../../support/eventually';
import { createSetting, type Setting } from '../projection-runtime/setting';

const place = { tenant: 't1', runId: 'r1', attempt: 1 };

let setting: Setting;
let db: Db;
let callbacks: RunCallbacks;
let unreachable: RunCallbacks;
beforeAll(async () => {
  setting = await createSetting();
  const { pool, notifications } = setting;
  db = { query: async <Row extends object>(sql: string, values: readonly unknown[] = []) => (await pool.query<Row>(sql, [...values])).rows };
  const vault = await createVault({ pool, masterKey: randomBytes(32) });
  callbacks = createRunCallbacks({ db, vault, notifications, publicUrl: 'https://keyledger.test' });
  unreachable = createRunCallbacks({ db, vault, notifications, publicUrl: undefined });
});
afterAll(() => setting.close());

/** The parts of an address as the route takes them. */
function partsOf(url: string | undefined) {
  const [tenant, runId, attempt, token] = new URL(url!).pathname.split('/').slice(3).map(decodeURIComponent);
  return { tenant: tenant!, runId: runId!, attempt: attempt!, token: token! };
}

describe('callbacks of vendors', () => {
  it('come to an address of their own for each attempt, and to none when nobody could reach it', () => {
    const urls = [place, { ...place, attempt: 2 }, { ...place, runId: 'r2' }, { ...place, tenant: 't2' }].map((one) => callbacks.urlOf(one));
    expect(new Set(urls.map((url) => partsOf(url).token)).size).toBe(4);
    expect(urls[0]).toMatch(/^https:\/\/keyledger\.test\/callbacks\/legnext\/t1\/r1\/1\/[0-9a-f]{64}$/);
    expect(unreachable.urlOf(place)).toBeUndefined();
  });

  it('tell the id of the work, the newest word last', async () => {
    const parts = partsOf(callbacks.urlOf(place));
    expect(await callbacks.jobIdOf(place)).toBeUndefined();
    expect(await callbacks.received(parts, { job_id: 'j1' })).toBe(true);
    expect(await callbacks.received(parts, { job_id: 'j2', status: 'completed' })).toBe(true);
    expect(await callbacks.jobIdOf(place)).toBe('j2');
    expect(await callbacks.jobIdOf({ ...place, attempt: 2 })).toBeUndefined();
  });

  it.each([undefined, null, 'text', {}, { job_id: 7 }, { job_id: '../other' }, { job_id: 'x'.repeat(300) }])('are taken, but tell nothing, with the body %j', async (body) => {
    const other = { ...place, runId: 'r3' };
    expect(await callbacks.received(partsOf(callbacks.urlOf(other)), body)).toBe(true);
    expect(await callbacks.jobIdOf(other)).toBeUndefined();
  });

  it('are not taken with the token of another attempt', async () => {
    const parts = partsOf(callbacks.urlOf(place));
    for (const wrong of [{ attempt: '2' }, { runId: 'r2' }, { tenant: 't2' }, { token: '' }, { token: parts.token.toUpperCase() }, { token: `${parts.token}0` }]) {
      expect(await callbacks.received({ ...parts, ...wrong }, { job_id: 'forged' })).toBe(false);
    }
    expect(await db.query("select from run_callback where job_id = 'forged'")).toEqual([]);
  });

  it('end the rest of whoever waits for them, and of nobody else', async () => {
    const drive = { ...place, runId: 'r4', callbacks, over: new AbortController().signal } as unknown as Drive;
    const other = { ...drive, runId: 'r5' } as Drive;
    const [bell, otherBell] = [callbackBell(drive), callbackBell(other)];
    const woken: string[] = [];
    const resting = Promise.all([bell.rest(600_000).then(() => woken.push('r4')), otherBell.rest(600_000).then(() => woken.push('r5'))]);
    // The listening begins in the background: a word before that is lost.
    await eventually(async () => {
      await callbacks.received(partsOf(callbacks.urlOf({ ...place, runId: 'r4' })), {});
      return woken.length > 0;
    });
    expect(woken).toEqual(['r4']);
    await callbacks.received(partsOf(callbacks.urlOf({ ...place, runId: 'r5' })), {});
    await resting;
    bell.close();
    otherBell.close();
  });

  it('are forgotten after a day', async () => {
    await db.query("update run_callback set received_at = now() - interval '25 hours' where run_id = 'r1'");
    await callbacks.received(partsOf(callbacks.urlOf({ ...place, runId: 'r6' })), { job_id: 'j6' });
    await removeOldCallbacks(db);
    expect([await callbacks.jobIdOf(place), await callbacks.jobIdOf({ ...place, runId: 'r6' })]).toEqual([undefined, 'j6']);
  });
});
