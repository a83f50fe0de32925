import { createHmac } from 'node:crypto';
import { refuse } from '../../../src/command-runtime/aggregate';
import type { CommandContext } from '../../../src/command-runtime/port';
import { RefusedError } from '../../../schema/errors/catalogue';
import type { Context } from '../../../src/graphql/context';
import { createIdempotencyStore } from '../../../src/idempotency/store';
import { openTestDb, type TestDb } from './database';
import { ask, person, startServer, type TestServer } from './harness';
import { behind } from './library';

const ADD = `mutation($title: String!, $key: String) { addBook(input: { title: $title, idempotencyKey: $key }) {
  position revision secret book { title } errors { __typename code rule message recovery path ... on TryLaterError { retryAfterMs } } } }`;

describe('mutations with an idempotency key', () => {
  let db: TestDb;
  let server: TestServer;
  let commands: CommandContext[];
  const vault = {
    fingerprint: (purpose: string, value: string) => createHmac('sha256', 'not a secret').update(`${purpose}\n${value}`).digest('hex'),
  } as Context['vault'];

  async function add(title: string, key: string | null, token = 'user-token'): Promise<any> {
    const { body } = await ask(server, ADD, { token, variables: { title, key } });
    expect(body.errors).toBeUndefined();
    return body.data?.['addBook'];
  }

  /** Adds the book as a command would: the same command id a second time has no second effect. */
  const store: typeof behind.addBook = async (command, id, title) => {
    commands.push(command);
    await db.query('insert into book values ($1, $2, $3, 1, now()) on conflict do nothing', [id, 's', title]);
    return { accepted: true, answer: { bookId: id, secret: 'shown-once' }, position: 7n, revision: 0n };
  };

  const books = async () => (await db.query<{ count: number }>('select count(*)::int as count from book'))[0]?.count;

  beforeAll(async () => {
    db = await openTestDb();
    server = await startServer({
      db: () => db, vault, idempotency: createIdempotencyStore(db), config: { costBudget: { burst: 1_000_000, perSecond: 1_000 } },
    });
    server.sessions.set('other-user', person('user-2'));
    server.sessions.set('other-tenant', { ...person('user-1'), tenantId: 'tenant-2' });
  });
  beforeEach(async () => {
    commands = [];
    behind.addBook = store;
    await db.query('truncate book, idempotency_record');
  });
  afterAll(async () => {
    await server.close();
    await db.close();
  });

  test('fault 51: same key and payload: one effect, the same answer, the secret masked', async () => {
    const first = await add('Dune', 'k1');
    expect(first).toEqual({ position: '7', revision: '0', secret: 'shown-once', book: { title: 'Dune' }, errors: [] });
    for (let repeat = 0; repeat < 3; repeat += 1) expect(await add('Dune', 'k1')).toEqual({ ...first, secret: null });
    expect(commands).toHaveLength(1);
    expect(await books()).toBe(1);
  });

  test('the object of a repeated answer is read anew, not repeated from the record', async () => {
    await add('Dune', 'k1');
    await db.query("update book set title = 'Dune Messiah'");
    expect(await add('Dune', 'k1')).toMatchObject({ book: { title: 'Dune Messiah' } });
  });

  test('fault 52: same key, other payload: refused, and nothing of the first is told', async () => {
    await add('Dune', 'k1');
    const other = await add('Emma', 'k1');
    expect(other).toEqual({
      position: null, revision: null, secret: null, book: null,
      errors: [expect.objectContaining({ __typename: 'ConflictError', code: 'E4091', rule: 'idempotency_mismatch' })],
    });
    expect(JSON.stringify(other)).not.toContain('Dune');
    expect(await books()).toBe(1);
  });

  test.each([
    ['another user', 'other-user'], ['another tenant', 'other-tenant'],
  ])('fault 53: the same key of %s is another key', async (_who, token) => {
    await add('Dune', 'k1');
    await add('Emma', 'k1', token);
    expect(await books()).toBe(2);
    expect(new Set(commands.map(({ commandId }) => commandId)).size).toBe(2);
  });

  test('without a key every call is its own', async () => {
    await add('Dune', null);
    await add('Dune', null);
    expect(await books()).toBe(2);
  });

  test('fault 51: 100 twins at once: one effect, the others wait their turn or get the answer', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => add('Dune', 'k1')));
    expect(await books()).toBe(1);
    expect(commands).toHaveLength(1);
    for (const { errors, book } of answers) {
      if (book) expect(errors).toEqual([]);
      else expect(errors).toEqual([expect.objectContaining({ code: 'E4091', rule: 'in_progress' })]);
    }
    expect(answers.some(({ book }) => book)).toBe(true);
    expect(await add('Dune', 'k1')).toMatchObject({ book: { title: 'Dune' } });
  });

  test('a record left in flight by a crash is taken over after its lease, as the same command', async () => {
    let crashed: CommandContext | undefined;
    let release = () => undefined as void;
    behind.addBook = async (command, id, title) => {
      crashed = command;
      await store(command, id, title);
      // What a crash between effect and record looks like from outside: nobody answers any more.
      await new Promise<void>((resolve) => { release = resolve; });
      return { accepted: true, answer: { bookId: id, secret: 'never seen' }, position: 7n, revision: 0n };
    };
    const lost = add('Dune', 'k1');
    while (!crashed || (await books()) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    behind.addBook = store;
    expect(await add('Dune', 'k1')).toMatchObject({ errors: [{ rule: 'in_progress' }] });

    await db.query("update idempotency_record set lease_until = now() - interval '1 second'");
    expect(await add('Emma', 'k1')).toMatchObject({ errors: [{ rule: 'idempotency_mismatch' }] });
    expect(await add('Dune', 'k1')).toMatchObject({ book: { title: 'Dune' }, secret: 'shown-once', errors: [] });
    expect(commands.at(-1)?.commandId).toBe(crashed.commandId);
    expect(await books()).toBe(1);

    release();
    await lost;
    expect(await db.query('select answer from idempotency_record')).toMatchObject([{ answer: { answer: { secret: null } } }]);
    expect(JSON.stringify(await db.query('select * from idempotency_record'))).not.toContain('never seen');
  });

  test('a failure that may pass is not kept: the repeat is executed, as the same command', async () => {
    const failures = [
      () => { throw new RefusedError({ code: 'E5031', rule: 'store_away', message: 'Not now.', retryAfterMs: 5 }); },
      async () => ({
        accepted: false as const, position: 3n, revision: -1n, ...refuse('E4291', 'busy', 'Too much at once.', { retryAfterMs: 5 })
      }),
      () => { throw Object.assign(new Error('terminating connection'), { code: '57P01' }); },
    ];
    for (const failure of failures) {
      behind.addBook = async (command) => { commands.push(command); return failure(); };
      const { errors } = await add('Dune', 'k1');
      expect(errors).toEqual([expect.objectContaining({ __typename: 'TryLaterError', retryAfterMs: expect.any(Number) })]);
    }
    behind.addBook = store;
    expect(await add('Dune', 'k1')).toMatchObject({ errors: [], secret: 'shown-once' });
    expect(new Set(commands.map(({ commandId }) => commandId)).size).toBe(1);
  });

  test('what nobody foresaw is not kept either', async () => {
    behind.addBook = () => { throw new Error('boom'); };
    const { body } = await ask(server, ADD, { token: 'user-token', variables: { title: 'Dune', key: 'k1' } });
    expect(body.errors?.[0]?.extensions['code']).toBe('E5001');
    behind.addBook = store;
    expect(await add('Dune', 'k1')).toMatchObject({ errors: [] });
  });

  test('a refusal of the business is an answer: it is kept', async () => {
    behind.addBook = async (command) => {
      commands.push(command);
      return { accepted: false, position: 3n, revision: 1n, ...refuse('B2001', 'closed', 'The library is closed.') };
    };
    const refused = {
      position: '3', revision: '1', book: null, secret: null,
      errors: [expect.objectContaining({ __typename: 'RuleViolatedError', rule: 'closed' })],
    };
    expect(await add('Dune', 'k1')).toEqual(refused);
    behind.addBook = store;
    expect(await add('Dune', 'k1')).toEqual(refused);
    expect(commands).toHaveLength(1);
  });

  test('an input that is not valid is refused as data, before anything is kept', async () => {
    const long = 'x'.repeat(81);
    expect(await add(long, 'k1')).toMatchObject({
      position: null, errors: [{ __typename: 'InvalidInputError', code: 'V1001', rule: 'max_length', path: ['input', 'title'] }],
    });
    expect(await add('Dune', 'k1')).toMatchObject({ errors: [] });
    for (const key of ['', 'x'.repeat(256)]) expect(await add('Dune', key)).toMatchObject({
      errors: [{ rule: 'idempotency_key', path: ['input', 'idempotencyKey'] }],
    });
    expect(await add('Dune', 'x'.repeat(255))).toMatchObject({ errors: [] });
  });

  test('fault 54: after its days a record is swept, and the key may serve another payload', async () => {
    const records = createIdempotencyStore(db);
    await add('Dune', 'k1');
    await add('Dune', 'k2');
    expect(await records.removeExpired()).toBe(0);
    const [kept] = await db.query<{ days: number }>(
      'select round(extract(epoch from expires_at - now()) / 86400)::int as days from idempotency_record'
    );
    expect(kept?.days).toBe(7);
    await db.query("update idempotency_record set expires_at = now() where key = 'k1'");
    expect(await add('Emma', 'k1')).toMatchObject({ book: { title: 'Emma' } });
    await db.query('update idempotency_record set expires_at = now()');
    expect(await records.removeExpired()).toBe(2);
    // The same payload is the same command for ever, so even a swept key has no second effect.
    await add('Dune', 'k2');
    expect((await db.query("select 1 from book where title = 'Dune'")).length).toBe(2);
  });

  test('neither secrets nor payloads stand in the records', async () => {
    await add('A title nobody should find', 'k1');
    const records = JSON.stringify(await db.query('select * from idempotency_record'));
    expect(records).not.toContain('shown-once');
    expect(records).not.toContain('A title nobody should find');
  });
});
