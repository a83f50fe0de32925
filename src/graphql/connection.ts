import { ArgsType, Field, Int, ObjectType, registerEnumType, type ClassType } from 'type-graphql';
import { RefusedError } from '../../schema/errors/catalogue';
import { decodeCursor, encodeCursor, notACursor, type CursorPlace } from './cursor';
import type { Db } from './context';
import { limits } from './limits';
import { all, compile, name, sql, type Sql, type SqlCondition } from './sql';

export enum OrderDirection {
  ASC = 'asc',
  DESC = 'desc',
}
registerEnumType(OrderDirection, {
  name: 'OrderDirection',
  description: 'Which end of an order comes first.',
  valuesConfig: { ASC: { description: 'Smallest, earliest or A first.' }, DESC: { description: 'Largest, latest or Z first.' } },
});

@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    nullable: true,
    description: `How many items from the start (or behind \`after\`): 1 to ${limits.pageMax}; ${limits.pageDefault} when nothing is said.`,
  })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'Cursor of the item to start behind; goes with `first`.' })
  after?: string | null;

  @Field(() => Int, { nullable: true, description: `How many items up to the end (or before \`before\`): 1 to ${limits.pageMax}.` })
  last?: number | null;

  @Field(() => String, { nullable: true, description: 'Cursor of the item to end before; goes with `last`.' })
  before?: string | null;
}

@ObjectType({ description: 'Where a page lies in its list.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether items follow the page.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether items precede the page.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first item; null for an empty page.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'Cursor of the last item; null for an empty page.' })
  endCursor!: string | null;
}

export interface Page<NodeValue> {
  edges: { cursor: string; node: NodeValue }[];
  pageInfo: PageInfo;
  /** Counts the whole list; asked only when `totalCount` is selected. */
  countRows(): Promise<number>;
}

/** Declares `XConnection` and `XEdge` for the object type `X`. Call it once per type, beside the class. */
export function connectionOf<NodeValue extends object>(NodeClass: ClassType<NodeValue>) {
  const type = NodeClass.name;

  @ObjectType(`${type}Edge`, { description: `One ${type} of a list, and its place there.` })
  class Edge {
    @Field(() => String, { description: 'Opaque place of the item in this order of the list.' })
    cursor!: string;

    @Field(() => NodeClass, { description: 'The item.' })
    node!: NodeValue;
  }

  @ObjectType(`${type}Connection`, { description: `One page of a list of ${type}.` })
  class Connection {
    @Field(() => [Edge], { description: 'The items with their cursors.' })
    edges!: Edge[];

    @Field(() => PageInfo, { description: 'Where the page lies.' })
    pageInfo!: PageInfo;

    countRows!: () => Promise<number>;

    @Field(() => [NodeClass], { description: 'The items alone.' })
    nodes(): NodeValue[] {
      return this.edges.map((edge) => edge.node);
    }

    @Field(() => Int, { complexity: 1, description: 'Number of items in the whole list; a query of its own, so ask for it once.' })
    totalCount(): Promise<number> {
      return this.countRows();
    }
  }

  return { Connection, Edge };
}

/** What a list is read from. */
export interface PageSpec<Row extends object, NodeValue> {
  /** View or table, for example `views.users`. */
  from: string;
  /** Column that is unique and NOT NULL: the tie-breaker of every order. */
  key: string;
  where: readonly SqlCondition[];
  /** Column to order by; must be NOT NULL. */
  orderBy: { column: string; direction: OrderDirection };
  /** Maps a row to the object the resolvers see. */
  toNode(row: Row): NodeValue;
}

/**
 * Reads one page by keyset: cost does not grow with the depth of the page, and items that come or go elsewhere never
 * shift it.
 * @throws RefusedError V1004 for a page size outside 1..100, E4002 when both directions are asked for, E4004 for a
 *   cursor of another list order
 */
export async function readPage<Row extends object, NodeValue>(
  db: Db, spec: PageSpec<Row, NodeValue>, args: PageArgs,
): Promise<Page<NodeValue>> {
  const { backwards, size, cursor } = directionOf(args);
  const order = `${spec.from}.${spec.orderBy.column}.${spec.orderBy.direction}`;
  const place = cursor === undefined ? undefined : decodeCursor(cursor, order);
  const rows = await readBehind<Row & CursorColumns>(db, place, pageStatement(spec, backwards, size + 1, place));
  const more = rows.length > size;
  const page = rows.slice(0, size);
  if (backwards) page.reverse();

  const edges = page.map((row) => ({
    // Made when it is asked for: most lists are read for their items alone.
    get cursor() {
      return encodeCursor(order, { value: row.cursor_value, key: row.cursor_key });
    },
    node: spec.toNode(row),
  }));
  return {
    edges,
    pageInfo: {
      hasNextPage: backwards ? place !== undefined : more,
      hasPreviousPage: backwards ? more : place !== undefined,
      get startCursor() {
        return edges[0]?.cursor ?? null;
      },
      get endCursor() {
        return edges.at(-1)?.cursor ?? null;
      },
    },
    countRows: () => countRows(db, spec),
  };
}

/**
 * The rows of a statement that begins at the place of a cursor, if there is one.
 * @throws RefusedError E4004 for the place of a cursor that was made up
 */
export async function readBehind<Row extends object>(db: Db, place: CursorPlace | undefined, statement: Sql): Promise<Row[]> {
  const { text, values } = compile(statement);
  return db.query<Row>(text, values).catch((error: unknown) => {
    throw place && isDataException(error) ? new RefusedError(notACursor) : error;
  });
}

/** SQLSTATE class 22: a cursor that was made up holds a value that is none of the column's type. */
function isDataException(error: unknown): boolean {
  return error instanceof Error && String((error as { code?: unknown }).code).startsWith('22');
}

/** How many items a list has in all. */
export async function countRows(db: Db, spec: Pick<PageSpec<object, unknown>, 'from' | 'where'>): Promise<number> {
  const { text, values } = compile(sql`select count(*)::int as count from ${name(spec.from)} where ${all(spec.where)}`);
  const [row] = await db.query<{ count: number }>(text, values);
  return row?.count ?? 0;
}

/** The place of a row, as text: timestamps keep their microseconds, bigints their digits. */
interface CursorColumns {
  cursor_value: string;
  cursor_key: string;
}

function pageStatement(spec: Omit<PageSpec<object, unknown>, 'toNode'>, backwards: boolean, limit: number, place?: CursorPlace): Sql {
  const [column, key] = [name(spec.orderBy.column), name(spec.key)];
  const ascending = (spec.orderBy.direction === OrderDirection.ASC) !== backwards;
  const direction = ascending ? sql`asc` : sql`desc`;
  const beyond = place && sql`(${column}, ${key}) ${ascending ? sql`>` : sql`<`} (${place.value}, ${place.key})`;
  return sql`select list.*, ${column}::text as cursor_value, ${key}::text as cursor_key from ${name(spec.from)} as list
    where ${all(beyond ? [...spec.where, beyond] : spec.where)}
    order by ${column} ${direction}, ${key} ${direction} limit ${limit}`;
}

function directionOf(args: PageArgs): { backwards: boolean; size: number; cursor: string | undefined } {
  const [first, after, last, before] = [args.first ?? undefined, args.after ?? undefined, args.last ?? undefined, args.before ?? undefined];
  const backwards = last !== undefined || before !== undefined;
  if (backwards && (first !== undefined || after !== undefined)) {
    throw new RefusedError({
      code: 'E4002', rule: 'page_direction', message: 'Page either forwards (first, after) or backwards (last, before).',
    });
  }
  const size = (backwards ? last : first) ?? limits.pageDefault;
  judgePageSize(backwards ? 'last' : 'first', size);
  return { backwards, size, cursor: backwards ? before : after };
}

/** @throws RefusedError V1004 for a page size outside 1..100 */
export function judgePageSize(argument: 'first' | 'last', size: number): void {
  if (size >= 1 && size <= limits.pageMax) return;
  throw new RefusedError({
    code: 'V1004', rule: 'page_size', message: `Ask for 1 to ${limits.pageMax} items.`, path: [argument],
    details: { limit: limits.pageMax, given: size },
  });
}
