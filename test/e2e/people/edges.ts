import {
  getNamedType, isCompositeType, isLeafType, isObjectType, isRequiredArgument, isUnionType, type GraphQLField, type GraphQLNamedType, type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';

/** A query of one way along which objects lead to others. */
export interface Edge {
  /** For example `users.virtualKeys`. */
  name: string;
  document: string;
}

/** Objects of one list; small, so that no query is refused for what it costs. */
const FIRST = 20;

/**
 * Every edge of the schema from a root field, and one step further, each with all plain values at its end. Made from the
 * schema, so that no new edge is forgotten; an edge that cannot go without arguments is left out.
 */
export function edgesOf(schema: GraphQLSchema): Edge[] {
  return fieldsWithoutArguments(schema.getQueryType()!).flatMap((root) => {
    const type = itemOf(root);
    const plain = { name: root.name, document: `{ ${asking(root, plainValues(type))} }` };
    if (!isObjectType(type)) return [plain];
    const further = fieldsWithoutArguments(type).filter((field) => isCompositeType(getNamedType(field.type)));
    return [plain, ...further.map((field) => (
      { name: `${root.name}.${field.name}`, document: `{ ${asking(root, `{ ${asking(field, plainValues(itemOf(field)))} }`)} }` }))];
  });
}

const fieldsWithoutArguments = (type: GraphQLObjectType): GraphQLField<unknown, unknown>[] =>
  Object.values(type.getFields()).filter(({ args }) => !args.some(isRequiredArgument));

const nodesOf = (field: GraphQLField<unknown, unknown>): GraphQLField<unknown, unknown> | undefined => {
  const type = getNamedType(field.type);
  return isObjectType(type) ? type.getFields()['nodes'] : undefined;
};

/** The type of what the field leads to: of the nodes, when it is a connection. */
const itemOf = (field: GraphQLField<unknown, unknown>): GraphQLNamedType => getNamedType(nodesOf(field)?.type ?? field.type);

const asking = (field: GraphQLField<unknown, unknown>, selected: string): string =>
  (nodesOf(field) ? `${field.name}(first: ${FIRST}) { nodes ${selected} }` : `${field.name} ${selected}`);

function plainValues(type: GraphQLNamedType): string {
  if (isLeafType(type)) return '';
  if (isUnionType(type)) return `{ __typename ${type.getTypes().map((each) => `... on ${each.name} { id }`).join(' ')} }`;
  if (!isObjectType(type)) return '{ __typename }';
  const names = fieldsWithoutArguments(type).filter((field) => isLeafType(getNamedType(field.type))).map(({ name }) => name);
  return `{ __typename ${names.join(' ')} }`;
}
