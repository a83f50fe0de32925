import {
  isEnumType, isInputObjectType, isInterfaceType, isIntrospectionType, isObjectType, isSpecifiedScalarType, lexicographicSortSchema,
  printSchema, type GraphQLSchema,
} from 'graphql';
import { buildSchemaSync, type NonEmptyArray, type PubSub } from 'type-graphql';
import { RefusedError } from '../../schema/errors/catalogue';
import { encodeNodeIds } from './node';
import { enforcePolicies } from './policy';
import { invalidFields } from './validation';

/** type-graphql insists on one even when every subscription has a `subscribe` of its own. */
const noPubSub: PubSub = {
  publish: () => { throw new Error('There is no pub/sub: subscriptions read the live feeds'); },
  subscribe: () => { throw new Error('There is no pub/sub: give the subscription a `subscribe`'); },
};

/**
 * Builds the schema from the resolver classes (`NodeResolver` among them) and puts policies and global ids in force.
 * The input of a mutation is judged by `mutate`, which answers as data; all other arguments are judged here.
 * @throws Error when a root field declares no policy
 */
export function buildApiSchema(resolvers: readonly Function[]): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: resolvers as NonEmptyArray<Function>,
    pubSub: noPubSub,
    validateFn: async (value, _type, { info }) => {
      if (info.parentType.name === 'Mutation') return;
      for (const input of [value].flat()) {
        const [refusal] = typeof input === 'object' && input !== null ? await invalidFields(input, info.fieldName) : [];
        if (refusal) throw new RefusedError(refusal);
      }
    },
  });
  describeRoots(schema);
  return enforcePolicies(encodeNodeIds(schema));
}

function describeRoots(schema: GraphQLSchema): void {
  const [query, mutation, subscription] = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  if (query) query.description = 'What can be read. Send `x-min-position` to see at least what you have written.';
  if (mutation) mutation.description = 'What can be done: one field per command.';
  if (subscription) subscription.description = 'What can be followed. Feeds of single changes are resumed with `after`; figures come whole each time.';
}

/** Coordinates of everything that lacks a description: types, fields, arguments, input fields and enum values. */
export function missingDescriptions(schema: GraphQLSchema): string[] {
  const missing: string[] = [];
  const expect = (coordinate: string, { description }: { description?: string | null }): void => {
    if (!description?.trim()) missing.push(coordinate);
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    expect(type.name, type);
    if (isEnumType(type)) for (const value of type.getValues()) expect(`${type.name}.${value.name}`, value);
    if (isInputObjectType(type)) for (const field of Object.values(type.getFields())) expect(`${type.name}.${field.name}`, field);
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        expect(`${type.name}.${field.name}`, field);
        for (const argument of field.args) expect(`${type.name}.${field.name}(${argument.name}:)`, argument);
      }
    }
  }
  return missing.sort();
}

/** The schema as it is checked in: sorted, so that a diff shows only what changed. */
export function printApiSchema(schema: GraphQLSchema): string {
  return `# Generated from the classes under schema/ and queries/; do not edit.\n\n${printSchema(lexicographicSortSchema(schema))}\n`;
}
