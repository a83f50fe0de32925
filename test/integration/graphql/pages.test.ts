import fc from 'fast-check';
import { OrderDirection, readPage, type PageArgs } from '../../../src/graphql/connection';
import { containing, sql } from '../../../src/graphql/sql';
import { openTestDb, type TestDb } from './database';
import { toBook, type Book } from './library';

const directions = fc.constantFrom(OrderDirection.ASC, OrderDirection.DESC);
const columns = fc.constantFrom('pages', 'added_at', 'title', 'id');

describe('pages', () => {
  let db: TestDb;
  let all: (Book & { micros: string })[];
  beforeAll(async () => {
    db = await openTestDb();
    // Many ties, moments that differ by microseconds only, and titles that meet collation and escaping.
    await db.query(`insert into book select 'b' || n, 's', (array['Émile', 'emma', 'Emma', '100%', 'a_b', '한국', ''])[1 + n % 7], n % 5,
      timestamptz '2026-01-01 00:00:00Z' + (n % 11) * interval '1 microsecond' from generate_series(1, 57) as n`);
    all = (await db.query<any>('select *, added_at::text as micros from book')).map((row) => ({ ...toBook(row), micros: row.micros }));
  });
  afterAll(() => db.close());

  const read = (column: string, direction: OrderDirection, args: PageArgs) =>
    readPage(db, { from: 'book', key: 'id', where: [], orderBy: { column, direction }, toNode: toBook }, args);
  const expected = async (column: string, direction: OrderDirection) =>
    (await db.query<{ id: string }>(`select id from book order by ${column} ${direction}, id ${direction}`)).map(({ id }) => id);

  test('walked forwards and backwards give the whole list, whatever order and size', async () => {
    await fc.assert(fc.asyncProperty(columns, directions, fc.integer({ min: 1, max: 70 }), async (column, direction, size) => {
      const list = await expected(column, direction);
      const forwards: string[] = [];
      let after: string | null = null;
      for (let more = true; more; ) {
        const page = await read(column, direction, { first: size, after });
        expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
        forwards.push(...page.edges.map(({ node }) => node.id));
        ({ hasNextPage: more, endCursor: after } = page.pageInfo);
      }
      expect(forwards).toEqual(list);

      const backwards: string[] = [];
      let before: string | null = null;
      for (let more = true; more; ) {
        const page = await read(column, direction, { last: size, before });
        expect(page.pageInfo.hasNextPage).toBe(before !== null);
        backwards.unshift(...page.edges.map(({ node }) => node.id));
        ({ hasPreviousPage: more, startCursor: before } = page.pageInfo);
      }
      expect(backwards).toEqual(list);
    }), { numRuns: 40 });
  });

  test('any cursor starts and ends right beside its item', async () => {
    await fc.assert(fc.asyncProperty(columns, directions, fc.nat(56), async (column, direction, index) => {
      const list = await expected(column, direction);
      const { edges } = await read(column, direction, { first: 57 });
      const cursor = edges[index]?.cursor;
      expect(
        (await read(column, direction, { first: 100, after: cursor })).edges.map(({ node }) => node.id)
      ).toEqual(list.slice(index + 1));
      expect((await read(column, direction, { last: 100, before: cursor })).edges.map(({ node }) => node.id)).toEqual(list.slice(0, index));
    }), { numRuns: 40 });
  });

  test('are not shifted by what comes and goes elsewhere', async () => {
    const { pageInfo } = await read('pages', OrderDirection.ASC, { first: 10 });
    const [, , ...rest] = await expected('pages', OrderDirection.ASC);
    await db.query('insert into book values ($1, $2, $3, -1, now())', ['early', 's', 'before the page']);
    await db.query('delete from book where id = $1', [rest[0]]);
    const next = await read('pages', OrderDirection.ASC, { first: 3, after: pageInfo.endCursor });
    expect(next.edges.map(({ node }) => node.id)).toEqual(rest.slice(8, 11));
    await db.query('delete from book where id = $1', ['early']);
    const gone = all.find(({ id }) => id === rest[0]);
    await db.query('insert into book values ($1, $2, $3, $4, $5)', [gone?.id, 's', gone?.title, gone?.pages, gone?.micros]);
  });

  test('count the list only when asked', async () => {
    db.statements.length = 0;
    const page = await read('pages', OrderDirection.ASC, { first: 1 });
    expect(db.statements).toHaveLength(1);
    expect(await page.countRows()).toBe(57);
    expect(db.statements).toHaveLength(2);
  });

  test('have a default size, and an empty list has no cursors', async () => {
    expect((await read('pages', OrderDirection.ASC, {})).edges).toHaveLength(20);
    const empty = await readPage(
      db,
      {
        from: 'book', key: 'id', where: [{ texts: ['false'], values: [] }], orderBy: { column: 'pages', direction: OrderDirection.ASC },
        toNode: toBook,
      },
      {},
    );
    expect(empty.pageInfo).toEqual({ hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null });
  });

  test.each<[string, PageArgs, string]>([
    ['both directions', { first: 1, last: 1 }, 'page_direction'], ['after with last', { last: 1, after: 'x' }, 'page_direction'], [
      'before with first', { first: 1, before: 'x' }, 'page_direction',
    ],
    ['after and before', { after: 'x', before: 'y' }, 'page_direction'], ['no items', { first: 0 }, 'page_size'], [
      'a negative number', { last: -1 }, 'page_size',
    ], ['101 items', { first: 101 }, 'page_size'],
    ['junk for a cursor', { after: 'junk' }, 'cursor'], [
      'JSON for a cursor', { after: Buffer.from('[1,"book.pages.asc",3,"b1"]').toString('base64url') }, 'cursor',
    ],
    ['a made-up cursor', { after: Buffer.from('[1,"book.pages.asc","many","b1"]').toString('base64url') }, 'cursor'],
  ])('refuse %s', async (_what, args, rule) => {
    await expect(read('pages', OrderDirection.ASC, args)).rejects.toMatchObject({ refusal: { rule } });
  });

  test('refuse the cursor of another order', async () => {
    const { pageInfo: { endCursor: after } } = await read('pages', OrderDirection.ASC, { first: 1 });
    for (const [column, direction] of [['pages', OrderDirection.DESC], ['title', OrderDirection.ASC]] as const) {
      await expect(read(column, direction, { after })).rejects.toMatchObject({ refusal: { code: 'E4004', rule: 'cursor_order' } });
    }
  });

  test('take search texts literally', async () => {
    const titles = async (search: string) => {
      const where = [sql`title ilike ${containing(search)}`];
      const page = await readPage(
        db, { from: 'book', key: 'id', where, orderBy: { column: 'id', direction: OrderDirection.ASC }, toNode: toBook }, { first: 100 },
      );
      return [...new Set(page.edges.map(({ node }) => node.title))].sort();
    };
    expect(await titles('%')).toEqual(['100%']);
    expect(await titles('_')).toEqual(['a_b']);
    expect(await titles('\\')).toEqual([]);
    expect(await titles('MM')).toEqual(['Emma', 'emma']);
    expect(await titles("'; drop table book; --")).toEqual([]);
  });
});
