import { getOperationAST, parse } from 'graphql';
import { costOf } from '../../../src/graphql/cost';
import { librarySchema } from '../../integration/graphql/library';

const schema = librarySchema();
const cost = (text: string, variables: Record<string, unknown> = {}) => {
  const document = parse(text);
  const definition = getOperationAST(document);
  if (!definition) throw new Error('no operation');
  return costOf(schema, { document, definition, variables });
};

test.each([
  ['scalars are free', '{ whoAmI __typename }', 0],
  ['a connection is 2, and its items are as many as asked for', '{ books(first: 10) { nodes { title } } }', 2 + 10],
  ['20 when nobody says', '{ books { edges { node { title } } } }', 2 + 20 * 2],
  ['backwards like forwards', '{ books(last: 5) { nodes { id } } }', 2 + 5],
  ['the total is one more per item', '{ books(first: 10) { totalCount } }', 2 + 10],
  ['lists in lists multiply', '{ books(first: 10) { nodes { related(first: 5) { nodes { id } } } } }', 2 + 10 * (1 + 2 + 5)],
  ['objects are 1', '{ books(first: 1) { nodes { shelf { id } again { shelf { id } } } } }', 2 + 1 + 1 + 2],
  ['nodes(ids) is as long as its ids', '{ nodes(ids: ["a", "b", "c"]) { id } }', 3],
  ['skipped fields are not paid', '{ books(first: 50) @skip(if: true) { nodes { id } } whoAmI }', 0],
  ['fragments are paid where they are spread', '{ books(first: 3) { ...F } } fragment F on BookConnection { nodes { id } }', 2 + 3],
])('%s', (_what, text, points) => {
  expect(cost(text)).toBe(points);
});

test('variables count like what they stand for, and defaults too', () => {
  const text = 'query($n: Int = 7) { books(first: $n) { nodes { id } } }';
  expect(cost(text)).toBe(9);
  expect(cost(text, { n: 30 })).toBe(32);
});

test('one document is judged anew for other pages, flags and lists, however often it comes', () => {
  const document = parse(`query($n: Int, $more: Boolean!, $ids: [ID!]!) {
    books(first: $n) { nodes { id shelf @include(if: $more) { id } } } nodes(ids: $ids) { id } }`);
  const definition = getOperationAST(document);
  if (!definition) throw new Error('no operation');
  const judged = (n: number, more: boolean, ids: string[]) => costOf(schema, { document, definition, variables: { n, more, ids } });
  for (let repeat = 0; repeat < 3; repeat += 1) {
    expect([judged(10, false, ['a']), judged(10, true, ['b']), judged(20, false, ['a'])]).toEqual([13, 23, 23]);
    expect(judged(10, false, ['a', 'b'])).toBe(14);
    expect(() => judged(101, false, [])).toThrow('1 to 100');
    expect(() => judged(10, false, Array.from({ length: 101 }, () => ''))).toThrow('at most 100');
    expect(() => judged(10, false, [null as unknown as string])).toThrow('$ids');
  }
});

test('only the operation that is asked for is paid', () => {
  const document = parse('query A { books(first: 100) { nodes { id } } } query B { whoAmI }');
  const definition = getOperationAST(document, 'B');
  if (!definition) throw new Error('no operation');
  expect(costOf(schema, { document, definition, variables: {} })).toBe(0);
});

test('variables that nest without end are refused before anybody walks them', () => {
  let deep: unknown = 'x';
  for (let level = 0; level < 20_000; level += 1) deep = level % 2 === 0 ? [deep] : { deep };
  expect(() => cost('query($n: Int) { books(first: $n) { nodes { id } } }', { n: deep })).toThrow('at most 50 levels deep');
});
