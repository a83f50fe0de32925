import { readPage, type Page, type PageArgs, type PageSpec } from '../src/graphql/connection';
import { limits } from '../src/graphql/limits';
import type { Context, LoaderDefinition } from '../src/graphql/context';
import { defineLoader } from '../src/graphql/loader';
import { all, compile, name, sql, type SqlCondition } from '../src/graphql/sql';
import { OrderDirection } from '../src/graphql/connection';

/** A list that hangs on every object of another list, for example the messages of each chat session. */
export interface Children<Row extends object, NodeValue> {
  /** View of the children. */
  from: string;
  /** Column that names the parent. */
  parent: string;
  key: string;
  orderBy: PageSpec<Row, NodeValue>['orderBy'];
  /** Which children the caller may see. */
  where(context: Context): SqlCondition;
  toNode(row: Row, context: Context): NodeValue;
}

export interface ChildPages<NodeValue> {
  /** One page of one parent's children. Pages that begin at an end of the list are read for all parents at once. */
  read(context: Context, parentId: string, args: PageArgs): Promise<Page<NodeValue>>;
}

export function childPages<Row extends object, NodeValue>(children: Children<Row, NodeValue>): ChildPages<NodeValue> {
  const ends = endsLoader(children);
  const counts = countsLoader(children);
  return {
    async read(context, parentId, args) {
      const spec: PageSpec<Row, NodeValue> = {
        from: children.from,
        key: children.key,
        where: [children.where(context), sql`${name(children.parent)} = ${parentId}`],
        orderBy: children.orderBy,
        toNode: (row) => children.toNode(row, context),
      };
      if ((args.after ?? args.before ?? undefined) !== undefined) return readPage(context.db, spec, args);
      const last = args.last ?? undefined;
      const end: End = { parentId, size: last ?? args.first ?? limits.pageDefault, backwards: last !== undefined };
      const shared = { query: () => context.loader(ends).load(JSON.stringify(end)) as Promise<never[]> };
      return { ...(await readPage(shared, spec, args)), countRows: async () => (await context.loader(counts).load(parentId)) ?? 0 };
    },
  };
}

/** The first or last rows of a parent's list. */
interface End {
  parentId: string;
  size: number;
  backwards: boolean;
}

function endsLoader({ from, parent, key, orderBy, where }: Children<never, unknown>): LoaderDefinition<string, object[]> {
  return defineLoader(`${from} by ${parent}`, async (context, keys) => {
    const ends = keys.map((text) => JSON.parse(text) as End);
    const alike = new Map<string, End[]>();
    for (const end of ends) {
      const shape = `${end.size} ${end.backwards}`;
      alike.set(shape, [...(alike.get(shape) ?? []), end]);
    }
    const rows = new Map<End, object[]>(ends.map((end) => [end, []]));
    await Promise.all([...alike.values()].map(async (group) => {
      const { size, backwards } = group[0]!;
      const direction = (orderBy.direction === OrderDirection.ASC) === backwards ? sql`desc` : sql`asc`;
      const { text, values } = compile(sql`
        select page.*, parents.place as child_of
        from unnest(${group.map((end) => end.parentId)}::text[]) with ordinality as parents (id, place)
        cross join lateral (
          select list.*, ${name(orderBy.column)}::text as cursor_value, ${name(key)}::text as cursor_key from ${name(from)} as list
          where ${all([where(context), sql`${name(parent)} = parents.id`])}
          order by ${name(orderBy.column)} ${direction}, ${name(key)} ${direction} limit ${size + 1}
        ) as page order by parents.place, page.${name(orderBy.column)} ${direction}, page.${name(key)} ${direction}`);
      for (const { child_of: place, ...row } of await context.db.query<{ child_of: string }>(text, values)) {
        rows.get(group[Number(place) - 1]!)!.push(row);
      }
    }));
    return ends.map((end) => rows.get(end));
  });
}

function countsLoader({ from, parent, where }: Children<never, unknown>): LoaderDefinition<string, number> {
  return defineLoader(`count of ${from} by ${parent}`, async (context, ids) => {
    const { text, values } = compile(sql`
      select ${name(parent)} as id, count(*)::int as count from ${name(from)}
      where ${all([where(context), sql`${name(parent)} = any(${ids})`])} group by ${name(parent)}`);
    const counts = new Map((await context.db.query<{ id: string; count: number }>(text, values)).map((row) => [row.id, row.count]));
    return ids.map((id) => counts.get(id) ?? 0);
  });
}
