import type { GraphQLSchema } from 'graphql';
import { isObjectType } from 'graphql';
import { Arg, Ctx, Field, ID, InterfaceType, Query, Resolver } from 'type-graphql';
import { RefusedError } from '../../schema/errors/catalogue';
import type { Context } from './context';
import { limits } from './limits';
import { allows, Policy, type Grant } from './policy';

/**
 * Objects carry their plain key as `id`; only the wire shows the global id (`encodeNodeIds`). So rows, loaders and
 * commands never meet a global id, and no type has to encode its own.
 */
@InterfaceType('Node', {
  description: 'An object that can be read again by its id alone.',
  resolveType: (value: { __typename?: string }) => value.__typename,
})
export abstract class Node {
  @Field(() => ID, { description: 'Global id: opaque, stable, and unique over all types.' })
  id!: string;
}

/** The opaque id of an object: base64url of `Type:key`. */
export function toGlobalId(type: string, key: string): string {
  return Buffer.from(`${type}:${key}`, 'utf8').toString('base64url');
}

/**
 * Reads a global id, and with `expectedType` insists on its type.
 * @throws RefusedError E4004 when it is not an id this API could have answered, or one of another type
 */
export function fromGlobalId(id: string, expectedType: string): string;
export function fromGlobalId(id: string): { type: string; key: string };
export function fromGlobalId(id: string, expectedType?: string): string | { type: string; key: string } {
  const text = Buffer.from(id, 'base64url').toString('utf8');
  const colon = text.indexOf(':');
  const [type, key] = [text.slice(0, colon), text.slice(colon + 1)];
  if (colon < 1 || key === '' || toGlobalId(type, key) !== id) {
    throw new RefusedError({ code: 'E4004', rule: 'global_id', message: 'This is not an id of this API.' });
  }
  if (expectedType === undefined) return { type, key };
  if (type !== expectedType) {
    throw new RefusedError({
      code: 'E4004', rule: 'global_id_type', message: `This is not the id of a ${expectedType}.`, details: { expected: expectedType },
    });
  }
  return key;
}

/**
 * Reads the objects of the keys the caller may see, in the order of the keys; undefined for unknown and foreign ones alike.
 */
export type FetchNodes = (context: Context, keys: readonly string[]) => Promise<readonly (object | undefined)[]>;

const fetchers = new Map<string, { policy: Grant; fetch: FetchNodes }>();

/**
 * Makes a type readable through `node(id)` for whoever the policy allows; to others its objects do not exist. Which of
 * them the caller sees is up to the fetcher. Registering a type again replaces it.
 */
export function registerNode(typeName: string, policy: Grant, fetch: FetchNodes): void {
  fetchers.set(typeName, { policy, fetch });
}

/** The types that `node(id)` reads, and for whom. */
export function readableNodes(): ReadonlyMap<string, Grant> {
  return new Map([...fetchers].map(([typeName, { policy }]) => [typeName, policy]));
}

async function fetchNodes(type: string, context: Context, keys: readonly string[]): Promise<readonly (object | undefined)[]> {
  const fetcher = fetchers.get(type);
  return fetcher && allows(context, fetcher.policy) ? fetcher.fetch(context, keys) : [];
}

function notFound(id: string): RefusedError {
  return new RefusedError({ code: 'E4041', rule: 'node', message: 'There is no such object, or it is not yours to see.', details: { id } });
}

/** One fetch per type; each element is the object, or the error that says why there is none. */
async function readNodes(context: Context, ids: readonly string[]): Promise<(object | RefusedError)[]> {
  const places = new Map<string, { index: number; key: string }[]>();
  const found: (object | RefusedError)[] = ids.map(notFound);
  ids.forEach((id, index) => {
    const { type, key } = fromGlobalId(id);
    places.set(type, [...(places.get(type) ?? []), { index, key }]);
  });
  await Promise.all(
    [...places].map(async ([type, wanted]) => {
      const objects = await fetchNodes(type, context, wanted.map(({ key }) => key));
      wanted.forEach(({ index }, at) => {
        const object = objects[at];
        if (object) found[index] = { ...object, __typename: type };
      });
    }),
  );
  return found;
}

@Resolver()
export class NodeResolver {
  @Query(() => Node, { nullable: true, description: 'The object with this id. Unknown ids and those of others are NOT FOUND alike.' })
  @Policy('signed-in')
  async node(@Arg('id', () => ID, { description: 'Global id.' }) id: string, @Ctx() context: Context): Promise<object> {
    const [object] = await readNodes(context, [id]);
    return object ?? notFound(id);
  }

  @Query(() => [Node], {
    nullable: 'items',
    description: `The objects with these ids, in order; at most ${limits.listItems}. What is not found is null, with an error.`,
  })
  @Policy('signed-in')
  async nodes(@Arg('ids', () => [ID], { description: 'Global ids.' }) ids: string[], @Ctx() context: Context): Promise<object[]> {
    if (ids.length > limits.listItems) {
      throw new RefusedError({
        code: 'V1004', rule: 'list_size', message: `Ask for at most ${limits.listItems} ids at once.`, path: ['ids'],
        details: { limit: limits.listItems, given: ids.length },
      });
    }
    return readNodes(context, ids);
  }
}

/** Makes every type that implements `Node` show its plain `id` as a global id. */
export function encodeNodeIds(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || !type.getInterfaces().some((implemented) => implemented.name === 'Node')) continue;
    const id = type.getFields()['id'];
    if (id) id.resolve = (source: { id: string }) => toGlobalId(type.name, source.id);
  }
  return schema;
}
