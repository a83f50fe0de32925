import { getOperationAST, parse } from 'graphql';
import { costOf } from '../../../src/graphql/cost';
import { buildApiSchema } from '../../../src/graphql/schema';
import { resolvers } from '../../../src/registry';

const schema = buildApiSchema(resolvers);

function cost(text: string, variables: Record<string, unknown> = {}): number {
  const document = parse(text);
  return costOf(schema, { document, definition: getOperationAST(document)!, variables });
}

test('figures that are reckoned from thousands of rows a pool are paid for', () => {
  const page = (fields: string): number => cost(`{ keyPools(first: 100) { nodes { ${fields} } } }`);
  expect(page('waitP50Ms') - page('id')).toBe(500);
  expect(page('waitP95Ms') - page('id')).toBe(500);
  expect(page('keys { permitTimes }') - page('keys { id }')).toBe(1_000);
});
