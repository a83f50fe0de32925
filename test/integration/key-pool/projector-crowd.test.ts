import { randomUUID } from 'node:crypto';
import { keyPool, type KeyPoolCommand } from '../../../commands/key-pool/decider';
import { queueOfPool, waitTicketById } from '../../../queries/key-pool/loaders';
import { ticketOfRun } from '../../../queries/run/loaders';
import type { Context } from '../../../src/graphql/context';
import { createPoolSetting, type PoolSetting } from './pool-setting';

const WAITING = 2_000;
const AT_ONCE = 500;
/** Each of a handful of steps may look at everybody who waits once. */
const ROWS_EACH = 25;

interface Plan {
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Join Filter'?: number;
  Plans?: Plan[];
}

let setting: PoolSetting;
beforeAll(async () => {
  setting = await createPoolSetting();
});
afterAll(() => setting.close());

/** A context whose statements are explained as they run; `rows` counts what they touched. */
function counting(): { context: Context; touched: { rows: number } } {
  const touched = { rows: 0 };
  const context = setting.context('anna');
  const { db } = context;
  const count = (plan: Plan): number => {
    const rows = plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0) + (plan['Rows Removed by Join Filter'] ?? 0);
    return rows * plan['Actual Loops'] + (plan.Plans ?? []).reduce((sum, child) => sum + count(child), 0);
  };
  const query = async <Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> => {
    const [explained] = await setting.db.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(`explain (analyze, timing off, format json) ${text}`, values);
    touched.rows += count(explained!['QUERY PLAN'][0]!.Plan);
    return db.query<Row>(text, values);
  };
  return { context: Object.create(context, { db: { value: { query } } }) as Context, touched };
}

test('however many wait, showing some of them looks at each who waits a few times only, and looking for those of some runs at no others', async () => {
  const provider = `vendor-${randomUUID()}`;
  const send = (command: KeyPoolCommand) => {
    const commandId = randomUUID();
    return setting.commands.execute(keyPool, provider, command, { commandId, correlationId: commandId, causationId: commandId, actor: { kind: 'system', id: 'test' }, tenant: 'a' });
  };
  const now = Date.now();
  await send({
    type: 'AddProviderKey', keyId: randomUUID(), name: 'only', lastFour: '', fingerprint: 'print', secretRef: 'a/k', concurrencyLimit: 1, rpmLimit: null,
    priority: 0, tenantScope: '*', now,
  });
  const ticketOf = (n: number): string => `${provider}/${n}`;
  let position = 0n;
  for (let from = 0; from <= WAITING; from += AT_ONCE) {
    const count = Math.min(AT_ONCE, WAITING + 1 - from);
    const requested = await Promise.all(Array.from({ length: count }, (_, index) => from + index).map((n) => send({
      type: 'RequestLease', ticketId: ticketOf(n), requestId: `r${n}`, tenant: n % 2 === 0 ? 'a' : 'b', holder: 'anna', ttlMs: 60_000, maxWaitMs: 3_600_000, now,
    })));
    ({ position } = requested.at(-1)!);
  }
  const { live } = setting.context('anna');
  expect(await live.waitFor(['key_pools'], position, 60_000)).toBe(true);
  await setting.db.query('analyze');

  const pool = counting();
  const queue = (await pool.context.loader(queueOfPool).load(provider))!;
  expect(queue.map(({ place }) => place)).toEqual(Array.from({ length: 100 }, (_, n) => 2 * (n + 1)));
  expect(pool.touched.rows).toBeLessThan(WAITING * ROWS_EACH);

  const many = counting();
  const last = Array.from({ length: 100 }, (_, n) => WAITING - 2 * n);
  const tickets = await many.context.loader(waitTicketById).loadMany(last.map(ticketOf));
  expect(tickets.map((ticket) => (ticket as { place: number }).place)).toEqual(last);
  expect(many.touched.rows).toBeLessThan(WAITING * ROWS_EACH);

  const few = counting();
  const runs = Array.from({ length: 20 }, () => randomUUID());
  expect(await few.context.loader(ticketOfRun).loadMany(runs)).toEqual(runs.map(() => undefined));
  expect(few.touched.rows).toBeLessThan(100);
});
