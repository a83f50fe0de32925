import { getOperationAST, parse } from 'graphql';
import { costOf } from '../../../src/graphql/cost';
import { limits } from '../../../src/graphql/limits';
import { buildApiSchema } from '../../../src/graphql/schema';
import { resolvers } from '../../../src/registry';

const schema = buildApiSchema(resolvers);

function cost(text: string): number {
  const document = parse(text);
  return costOf(schema, { document, definition: getOperationAST(document)!, variables: {} });
}

test('what is long about a run is paid for: a page of a hundred fits, and not much beside it', () => {
  expect(cost('{ runs(first: 100) { nodes { exchange { request response } } } }')).toBe(2 + 100 * (1 + 10));
  expect(cost('{ runs(first: 100) { nodes { outputs { url } timeline { stage at } } } }')).toBe(2 + 100 * (1 + 20));
  expect(() => cost('{ runs(first: 100) { nodes { outputs { url } timeline { stage at } exchange { request } } } }')).toThrow(String(limits.cost));
});
