import {
  getNamedType, getNullableType, isCompositeType, isEnumType, isInputObjectType, isListType, isNonNullType, isObjectType,
  type GraphQLField, type GraphQLInputType, type GraphQLSchema,
} from 'graphql';
import { globalId } from '../../support/people';

/** One way of naming an object to the API: an operation with one id argument open, everything else filled in. */
export interface OperationById {
  kind: 'query' | 'mutation' | 'subscription';
  /** For example `mutation revokeSession input.sessionId`. */
  name: string;
  document: string;
  /** Variables with this id in the open place. */
  variablesFor(id: string): Record<string, unknown>;
}

/**
 * Every operation of the schema that takes an id, once for each place of an id among its arguments, however deep. Made
 * from the schema, so that no new mutation is forgotten.
 */
export function operationsById(schema: GraphQLSchema): OperationById[] {
  const roots = [['query', schema.getQueryType()], ['mutation', schema.getMutationType()], ['subscription', schema.getSubscriptionType()]] as const;
  return roots.flatMap(([kind, root]) => Object.values(root!.getFields()).flatMap((field) => ofField(kind, field)));
}

/** What has to stand beside an id before the operation looks it up at all. */
const BESIDE: Record<string, object> = {
  deleteUsers: { confirmation: 'delete 1 users' },
  setEntitlements: { subjectKind: 'USER' },
  setDailyLimit: { requests: 1 },
  // The first token of a pool: that of the lease which others hold.
  heartbeatLease: { fencingToken: '1' },
  releaseLease: { fencingToken: '1' },
};

function ofField(kind: OperationById['kind'], field: GraphQLField<unknown, unknown>): OperationById[] {
  const places = field.args.flatMap((arg) => placesOfIds(arg.type, [arg.name]));
  const declared = field.args.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
  const passed = field.args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const document = `${kind} (${declared}) { ${field.name}(${passed}) ${selection(field)} }`;
  return places.map((place) => ({
    kind,
    name: `${kind} ${field.name} ${place.join('.')}`,
    document,
    variablesFor: (id) => Object.fromEntries(field.args.flatMap((arg) => {
      const value = filled(arg.type, [arg.name], place, id);
      return value === undefined ? [] : [[arg.name, BESIDE[field.name] ? { ...(value as object), ...BESIDE[field.name] } : value]];
    })),
  }));
}

function selection(field: GraphQLField<unknown, unknown>): string {
  const type = getNamedType(field.type);
  if (!isCompositeType(type)) return '';
  if (!isObjectType(type)) return '{ __typename }';
  const fields = type.getFields();
  if (fields['errors']) return '{ __typename errors { code rule message path details } }';
  if (fields['nodes']) return '{ nodes { __typename } totalCount }';
  if (fields['node']) return '{ node { __typename } }';
  return '{ __typename }';
}

const DEEPEST = 4;

function placesOfIds(type: GraphQLInputType, path: string[]): string[][] {
  const named = getNamedType(type);
  if (named.name === 'ID') return [path];
  if (!isInputObjectType(named) || path.length > DEEPEST) return [];
  return Object.values(named.getFields()).flatMap((field) => placesOfIds(field.type, [...path, field.name]));
}

/** A value of the type: the id in its place, what is required beside it, and nothing else. */
function filled(type: GraphQLInputType, path: string[], place: readonly string[], id: string): unknown {
  const leads = path.every((name, index) => place[index] === name);
  if (!leads && !isNonNullType(type)) return undefined;
  const inner = getNullableType(type);
  if (isListType(inner)) return [filled(inner.ofType as GraphQLInputType, path, place, id) ?? plausible(getNamedType(type).name, path.at(-1)!)];
  if (isInputObjectType(inner)) {
    return Object.fromEntries(Object.values(inner.getFields()).flatMap((field) => {
      const value = filled(field.type, [...path, field.name], place, id);
      return value === undefined ? [] : [[field.name, value]];
    }));
  }
  if (leads && path.length === place.length) return id;
  if (isEnumType(inner)) return inner.getValues()[0]!.name;
  return plausible(inner.name, path.at(-1)!);
}

function plausible(type: string, name: string): unknown {
  switch (type) {
    case 'Int': return 30;
    case 'Float': return 1;
    case 'Boolean': return false;
    case 'ID': return globalId('User', '00000000-0000-4000-8000-000000000000');
    case 'DateTime': return '2030-01-01T00:00:00.000Z';
    case 'JSON': return {};
    case 'Scope': return 'users:read';
    case 'Position': return '1';
    default: return /e-?mail/i.test(name) ? 'somebody@example.test' : /password/i.test(name) ? 'four plain words here' : `some ${name}`;
  }
}
