import { Field, ObjectType, type ClassType } from 'type-graphql';
import { RefusedError } from '../../schema/errors/catalogue';
import type { LiveRow } from '../live/port';
import type { Context } from './context';
import { Position } from './scalars';

/** One item of a change feed. */
export interface ChangeOf<NodeValue> {
  cursor: string;
  position: bigint;
  node: NodeValue | null;
}

/** Declares the item type of a change feed over an object type. Call it once per type, beside the class. */
export function changeOf<NodeValue extends object>(NodeClass: ClassType<NodeValue>, name: string): ClassType<ChangeOf<NodeValue>> {
  @ObjectType(name, { description: `A change of a ${NodeClass.name}. The first item has no node: the feed is complete from there on.` })
  class Change {
    @Field(() => String, { description: 'Pass it as `after` to continue behind this item.' })
    cursor!: string;

    @Field(() => Position, { description: 'Where in the event log the change happened.' })
    position!: bigint;

    @Field(() => NodeClass, { nullable: true, description: 'The object as it is now; null in the first item.' })
    node!: NodeValue | null;
  }
  return Change;
}

export interface ChangesSpec<NodeValue> {
  /** Name of the view (`Projector.name`). */
  view: string;
  after?: string | null;
  filter?: (row: LiveRow) => boolean;
  toNode(row: LiveRow): NodeValue | Promise<NodeValue>;
}

/**
 * The committed changes of a view in the caller's tenant, for `subscribe:` of a subscription. Pull-based: nothing is
 * read before the socket asks for it.
 * @throws RefusedError E4011 for an anonymous caller, E4004 for a cursor of another feed
 */
export function changes<NodeValue>(
  context: Context, { view, after, filter, toNode }: ChangesSpec<NodeValue>,
): AsyncIterableIterator<ChangeOf<NodeValue>> {
  const { principal, signal } = context;
  if (principal.kind === 'anonymous') throw new RefusedError({ code: 'E4011', rule: 'signed_in', message: 'Sign in to do this.' });
  const feed = context.live.subscribe({ view, tenant: principal.tenantId, after: after ?? undefined, filter, signal });
  return mapped(feed, async ({ cursor, position, row }) => ({ cursor, position, node: row ? await toNode(row) : null }));
}

/**
 * Maps an iterator item by item. Not an async generator: those queue `return()` behind a pending `next()`, so a quiet
 * feed could not be ended.
 */
export function mapped<Item, Result>(
  source: AsyncIterableIterator<Item>, map: (item: Item) => Promise<Result>,
): AsyncIterableIterator<Result> {
  const end = async (): Promise<IteratorResult<Result>> => {
    await source.return?.();
    return { done: true, value: undefined };
  };
  return {
    async next() {
      const item = await source.next();
      return item.done ? { done: true, value: undefined } : { done: false, value: await map(item.value) };
    },
    return: end,
    async throw(error: unknown) {
      await end();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
