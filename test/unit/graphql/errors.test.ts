import { GraphQLError } from 'graphql';
import { catalogue, RefusedError, type ErrorCode } from '../../../schema/errors/catalogue';
import { errorTypeOf } from '../../../schema/errors/types';
import { publicError } from '../../../src/graphql/errors';
import { toUserError } from '../../../src/graphql/payload';

const lines: object[] = [];
const log = { info: () => undefined, warn: () => undefined, error: (details: object) => void lines.push(details) };
const shown = (error: GraphQLError) => publicError(error, { correlationId: 'c-1', log });
const located = (originalError: Error) => new GraphQLError(originalError.message, { originalError, path: ['users', 0, 'name'] });
beforeEach(() => { lines.length = 0; });

test.each(Object.keys(catalogue) as ErrorCode[])('%s goes out with its place in the catalogue', (code) => {
  const refusal = { code, rule: 'some_rule', message: 'Some words.', path: ['input', 'x'], details: { limit: 3 }, retryAfterMs: 10 };
  const { httpStatus: _status, meaning: _meaning, ...place } = catalogue[code];
  expect(shown(located(new RefusedError(refusal)))).toEqual({
    message: 'Some words.', path: ['users', 0, 'name'],
    extensions: { code, rule: 'some_rule', correlationId: 'c-1', path: ['input', 'x'], details: { limit: 3 }, retryAfterMs: 10, ...place },
  });
  expect(toUserError(refusal, 'c-1')).toEqual({ ...refusal, correlationId: 'c-1', ...place });
  expect(lines).toEqual([]);
});

test('every code has the concrete type the contract gives it', () => {
  const types = Object.fromEntries((Object.keys(catalogue) as ErrorCode[]).map((code) => [code, errorTypeOf(code)]));
  expect(types).toEqual({
    E4001: 'InvalidInputError', E4002: 'InvalidInputError', E4003: 'InvalidInputError', E4004: 'InvalidInputError',
    V1001: 'InvalidInputError', V1002: 'InvalidInputError', V1003: 'InvalidInputError', V1004: 'InvalidInputError',
    E4041: 'NotFoundError', E4091: 'ConflictError', E4011: 'NotAllowedError', E4031: 'NotAllowedError', B2003: 'NotAllowedError',
    B2001: 'RuleViolatedError', B2002: 'RuleViolatedError', E4291: 'TryLaterError',
    E5001: 'TryLaterError', E5002: 'TryLaterError', E5003: 'TryLaterError', E5004: 'TryLaterError',
    E5031: 'TryLaterError', E5041: 'TryLaterError',
  });
});

test.each<[string, Error]>([
  ['a plain error', new Error('secret')], [
    'a database error', Object.assign(new Error('secret'), { code: '42P01' }),
  ], ['a type error', new TypeError('secret')],
  ['a GraphQL error out of a resolver', new GraphQLError('secret')],
])('%s in a resolver is masked and logged', (_what, cause) => {
  const answer = shown(located(cause));
  expect(answer.extensions).toMatchObject({ code: 'E5001', rule: 'internal' });
  expect(JSON.stringify(answer)).not.toContain('secret');
  expect(lines).toEqual([expect.objectContaining({ correlationId: 'c-1', path: 'users.0.name' })]);
});

test.each([
  ['57P01', 'E5031'], ['08006', 'E5031'], ['ECONNREFUSED', 'E5031'], ['57014', 'E5041'],
])('an outage of the database (%s) is %s', (sqlState, code) => {
  expect(shown(located(Object.assign(new Error('x'), { code: sqlState }))).extensions?.['code']).toBe(code);
});

test.each([
  ['GRAPHQL_PARSE_FAILED', 'E4001', 'syntax'], [
    'GRAPHQL_VALIDATION_FAILED', 'E4001', 'validation',
  ], ['BAD_USER_INPUT', 'E4002', 'variables'],
  ['PERSISTED_QUERY_NOT_FOUND', 'E4001', 'unknown_document'], [undefined, 'E4001', 'request'], ['constructor', 'E4001', 'request'],
])('what GraphQL itself refuses (%s) is %s %s', (extension, code, rule) => {
  expect(shown(new GraphQLError('Some words', { extensions: { code: extension } })).extensions).toMatchObject({ code, rule });
});

test('the schema is not spelt out', () => {
  const error = new GraphQLError(
    'Cannot query field "usr" on type "Query". Did you mean "user" or "users"?', { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } },
  );
  expect(shown(error).message).toBe('Cannot query field "usr" on type "Query".');
});
