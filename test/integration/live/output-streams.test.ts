import fc from 'fast-check';
import type { Pool } from 'pg';
import { createOutputStreams } from '../../../src/live/output-streams';
import { createNotifications, type Notifications } from '../../../src/postgres/notifications';
import { createPool } from '../../../src/postgres/pool';
import { createMigratedDatabase, type TestDatabase } from '../../support/database';
import { cutConnections, eventually } from '../projection-runtime/setting';

describe('output streams', () => {
  let database: TestDatabase;
  let pool: Pool;
  let notifications: Notifications;
  let outputs: ReturnType<typeof createOutputStreams>;
  beforeAll(async () => {
    database = await createMigratedDatabase();
    pool = createPool(database.url, { max: 6, applicationName: 'outputs test' });
    notifications = createNotifications(database.url);
    outputs = createOutputStreams({ pool, notifications });
  });
  afterAll(async () => {
    await outputs.close();
    await notifications.stop();
    await pool.end();
    await database.drop();
  });

  async function readToEnd(id: string, after = 0): Promise<{ seq: number; text: string; done: boolean }[]> {
    const blocks = [];
    for await (const block of outputs.read(id, after)) blocks.push(block);
    return blocks;
  }

  it('are read live, by any number of readers, until finished', async () => {
    const readers = [readToEnd('live'), readToEnd('live')];
    expect(await outputs.write('live', 1, 'Hel')).toBe(true);
    expect(await outputs.write('live', 1, 'lo \0')).toBe(true);
    await outputs.finish('live', 1);
    const expected = [{ seq: 1, text: 'Hel', done: false }, { seq: 2, text: 'lo \uFFFD', done: false }, { seq: 2, text: '', done: true }];
    expect(await Promise.all(readers)).toEqual([expected, expected]);
    expect(await readToEnd('live', 1)).toEqual(expected.slice(1));
    expect(await readToEnd('live', 2)).toEqual(expected.slice(2));
  });

  it('refuse a writer whose fence was passed, and every writer after the end', async () => {
    expect(await outputs.write('fenced', 2, 'new')).toBe(true);
    expect(await outputs.write('fenced', 1, 'old')).toBe(false);
    await outputs.finish('fenced', 1);
    expect(await outputs.write('fenced', 2, 'more')).toBe(true);
    await outputs.finish('fenced', 2);
    expect(await outputs.write('fenced', 3, 'too late')).toBe(false);
    expect((await readToEnd('fenced')).map(({ text }) => text)).toEqual(['new', 'more', '']);
  });

  it('fault 58: give the same text wherever reading is cut and resumed', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.nat({ max: 5 }), { minLength: 1 }), fc.uuid(), async (cuts, id) => {
      const writing = (async () => {
        for (let n = 1; n <= 30; n++) await outputs.write(id, 1, `${n} `);
        await outputs.finish(id, 1);
      })();
      let text = '';
      let after = 0;
      for (let [turn, done] = [0, false]; !done; turn++) {
        let left = cuts[turn % cuts.length]! + 1;
        for await (const block of outputs.read(id, after)) {
          text += block.text;
          after = block.seq;
          done = block.done;
          if (--left === 0) break;
        }
      }
      await writing;
      expect(text).toBe(Array.from({ length: 30 }, (_, n) => `${n + 1} `).join(''));
    }), { numRuns: 10 });
  });

  it('go on when the connection that listens was cut', async () => {
    const reading = readToEnd('cut');
    await outputs.write('cut', 1, 'one');
    await cutConnections(pool, 'keyledger notifications');
    await outputs.write('cut', 1, 'two');
    await outputs.finish('cut', 1);
    expect((await reading).map(({ text }) => text)).toEqual(['one', 'two', '']);
  });

  it('end when the reader leaves while it waits', async () => {
    const abort = new AbortController();
    const iterator = outputs.read('nothing yet', 0, abort.signal);
    const next = iterator.next();
    abort.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  it('are removed when they are old', async () => {
    await outputs.write('old', 1, 'text');
    await pool.query("update output_stream set updated_at = now() - interval '2 days' where output_id = 'old'");
    const sweeper = createOutputStreams({ pool, notifications });
    await eventually(async () => (await pool.query("select from output_stream where output_id = 'old'")).rowCount === 0);
    expect((await pool.query("select from output_block where output_id = 'old'")).rowCount).toBe(0);
    await sweeper.close();
  });
});
