import {
  getNamedType, getNullableType, getVariableValues, GraphQLError, isCompositeType, isListType, type DocumentNode, type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { getComplexity, type ComplexityEstimator } from 'graphql-query-complexity';
import { RefusedError } from '../../schema/errors/catalogue';
import { judgePageSize } from './connection';
import { limits } from './limits';

export interface Operation {
  document: DocumentNode;
  definition: OperationDefinitionNode;
  variables: Readonly<Record<string, unknown>>;
}

/** A full introspection is a fixed thing that the server answers from memory. */
const INTROSPECTION_COST = 50;

/**
 * Points of an operation: object 1, scalar 0, connection 2 + n x children, plain list as if it had a few items.
 * @throws RefusedError V1004 for a page or list argument over its size and variables nested too deep, E4001 rule `document_cost` over the limit;
 *   GraphQLError with code BAD_USER_INPUT when the variables do not fit
 */
export function costOf(schema: GraphQLSchema, operation: Operation): number {
  const { definition, variables } = operation;
  judgeDepth(variables);
  const { errors, coerced } = getVariableValues(
    schema, definition.variableDefinitions ?? [], { ...variables }, { maxErrors: limits.coercionErrors },
  );
  if (errors?.[0]) throw badVariables(errors[0]);
  const cost = rememberedCost(schema, operation, shapeOf(coerced));
  if (cost > limits.cost) {
    throw new RefusedError({
      code: 'E4001', rule: 'document_cost', message: `An operation may cost at most ${limits.cost} points: ask for fewer items or fields.`,
      details: { limit: limits.cost, requested: cost },
    });
  }
  return cost;
}

/** Level by level: whatever walks them by recursion later has stack enough. */
function judgeDepth(variables: Readonly<Record<string, unknown>>): void {
  let level: unknown[] = Object.values(variables);
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limits.variableDepth) {
      throw new RefusedError({
        code: 'V1004', rule: 'variables_depth', message: `Variables may nest at most ${limits.variableDepth} levels deep.`,
        details: { limit: limits.variableDepth },
      });
    }
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
}

/** Costs by operation and shape of its variables: walking a document costs more than running a small one. */
const remembered = new WeakMap<OperationDefinitionNode, Map<string, number>>();
const SHAPES_PER_OPERATION = 50;
const SHAPE_LENGTH = 1_000;

function rememberedCost(schema: GraphQLSchema, { document, definition, variables }: Operation, shape: string): number {
  const known = remembered.get(definition) ?? new Map<string, number>();
  const before = known.get(shape);
  if (before !== undefined) return before;
  const cost = getComplexity({
    schema, query: document, variables: { ...variables }, operationName: definition.name?.value, estimators: [estimate],
  });
  if (shape.length <= SHAPE_LENGTH && known.size < SHAPES_PER_OPERATION) remembered.set(definition, known.set(shape, cost));
  return cost;
}

/** All of the variables that a cost can depend on: numbers, flags and lengths of lists, but no text. */
function shapeOf(variables: Record<string, unknown> | undefined): string {
  return JSON.stringify(variables, (_name, value: unknown) => (typeof value === 'string' || typeof value === 'bigint' ? '' : value));
}

const estimate: ComplexityEstimator = ({ type, field, args, childComplexity }) => {
  if (field.name.startsWith('__')) return field.name === '__typename' ? 0 : INTROSPECTION_COST;
  Object.entries(args).forEach(([name, value]) => judgeArgument(name, value));
  const own = typeof field.extensions['complexity'] === 'number' ? field.extensions['complexity'] : 0;
  const named = getNamedType(field.type);
  if (!isCompositeType(named)) return own;
  if (named.name.endsWith('Connection')) return own + 2 + pageSize(args) * childComplexity;
  const isPartOfPage = type.name.endsWith('Connection');
  const items = isListType(getNullableType(field.type)) && !isPartOfPage ? listSize(args) : 1;
  return own + items * (1 + childComplexity);
};

function pageSize(args: Record<string, unknown>): number {
  return Number(args['first'] ?? args['last'] ?? limits.pageDefault);
}

/** A list as long as the list that was asked for, like `nodes(ids)`; otherwise a guess. */
function listSize(args: Record<string, unknown>): number {
  const asked = Object.values(args).find((value) => Array.isArray(value));
  return Array.isArray(asked) ? asked.length : limits.plainListItems;
}

function judgeArgument(name: string, value: unknown): void {
  if ((name === 'first' || name === 'last') && typeof value === 'number') judgePageSize(name, value);
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value) && value.length > limits.listItems) {
    throw new RefusedError({
      code: 'V1004', rule: 'list_size', message: `A list may have at most ${limits.listItems} items.`, path: [name],
      details: { limit: limits.listItems, given: value.length },
    });
  }
  Object.entries(value).forEach(([key, inner]) => judgeArgument(key, inner));
}

function badVariables(error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message, { nodes: error.nodes, extensions: { code: 'BAD_USER_INPUT' } });
}
