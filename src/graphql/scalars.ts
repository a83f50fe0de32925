import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped } from 'graphql';

const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

function toDate(value: unknown): Date {
  const date = typeof value === 'string' && ISO_8601.test(value) ? new Date(value) : value;
  if (date instanceof Date && !Number.isNaN(date.getTime())) return date;
  throw new GraphQLError('DateTime is not an ISO 8601 date and time with a zone');
}

/** In the code a `Date`, on the wire ISO 8601 in UTC with milliseconds. */
export const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description: 'A moment in UTC, ISO 8601 with milliseconds: `2026-01-31T23:59:59.000Z`. Input may name any zone.',
  serialize: (value) => toDate(value).toISOString(),
  parseValue: toDate,
  parseLiteral: (node) => toDate(node.kind === Kind.STRING ? node.value : undefined),
});

/** Any JSON value, as it is. */
export const JSONValue = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  description: 'Any JSON value: for what differs in shape from item to item, and for the contents of a configuration file.',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: valueFromASTUntyped,
});

function toPosition(value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) return BigInt(value);
  throw new GraphQLError('Position is not a position that this API answered');
}

/** In the code a bigint (or its decimal string), on the wire a decimal string. */
export const Position = new GraphQLScalarType<bigint, string>({
  name: 'Position',
  description: 'A place in the event log: opaque but monotonic. Send the newest you have seen as `x-min-position` to read your own writes.',
  serialize: (value) => toPosition(value).toString(),
  parseValue: toPosition,
  parseLiteral: (node) => toPosition(node.kind === Kind.STRING ? node.value : undefined),
});
