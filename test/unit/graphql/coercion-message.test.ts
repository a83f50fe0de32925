import { buildSchema, getVariableValues, parse, type OperationDefinitionNode } from 'graphql';
import { coercionMessage } from '../../../src/graphql/coercion-message';

const schema = buildSchema('enum Role { ADMIN } input In { password: String! token: String! role: Role count: Int } type Query { a(i: In!): Int }');
const { variableDefinitions } = parse('query ($i: In!) { a(i: $i) }').definitions[0] as OperationDefinitionNode;

const messagesOf = (i: unknown): string[] =>
  (getVariableValues(schema, variableDefinitions!, i === undefined ? {} : { i }).errors ?? []).map(({ message }) => coercionMessage(message));

test('names what is missing, and repeats nothing', () => {
  expect(messagesOf({ password: 'a-secret' })).toEqual(['Variable "$i" does not fit its type: Field "token" of required type "String!" was not provided.']);
});

test.each([
  [{ password: { nested: 'a-secret' }, token: 't' }, 'Variable "$i" at "i.password" does not fit its type.'],
  [{ password: 'p', token: 't', role: 'a-secret' }, 'Variable "$i" at "i.role" does not fit its type.'],
  [{ password: 'p', token: 't', count: 'a-secret' }, 'Variable "$i" at "i.count" does not fit its type.'],
  [{ password: 'p', token: 't', extra: 'a-secret' }, 'Variable "$i" does not fit its type: Field "extra" is not defined by type "In".'],
  ['a-secret', 'Variable "$i" does not fit its type: Expected type "In" to be an object.'],
])('%j is refused without its value', (input, message) => {
  expect(messagesOf(input)).toEqual([message]);
});

test('an absent variable is named', () => {
  expect(messagesOf(undefined)).toEqual(['Variable "$i" of required type "In!" was not provided.']);
});
