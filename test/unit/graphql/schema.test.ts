import { buildSchema } from 'graphql';
import { Field, ObjectType, Query, Resolver } from 'type-graphql';
import { buildApiSchema, missingDescriptions, printApiSchema } from '../../../src/graphql/schema';
import { librarySchema } from '../../integration/graphql/library';

const errorFields =
  'category: ErrorCategory! code: ErrorCode! correlationId: String! details: JSON message: String! path: [String!] recovery: ErrorRecovery!';
const contract = [
  'interface Node { id: ID! }',
  'type PageInfo { endCursor: String hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String }',
  'enum OrderDirection { ASC DESC }',
  `interface UserError { ${errorFields} rule: String! severity: ErrorSeverity! }`,
  `type ConflictError implements UserError { ${errorFields} rule: String! severity: ErrorSeverity! }`,
  `type TryLaterError implements UserError { ${errorFields} retryAfterMs: Int rule: String! severity: ErrorSeverity! }`,
  'interface MutationPayload { errors: [UserError!]! position: Position revision: String }',
  'type BookConnection { edges: [BookEdge!]! nodes: [Book!]! pageInfo: PageInfo! totalCount: Int! }',
  'type BookEdge { cursor: String! node: Book! }',
  'type BookChange { cursor: String! node: Book position: Position! }',
  'type AddBookPayload implements MutationPayload { book: Book errors: [UserError!]! position: Position revision: String secret: String }',
  'node( id: ID! ): Node nodes( ids: [ID!]! ): [Node]!',
];

describe('the schema', () => {
  test('holds the shared types as the contract has them', () => {
    const sdl = printApiSchema(librarySchema());
    const bare = sdl.replaceAll(/"{3}[^"]*"{3}|"[^"\n]*"/g, '').replaceAll(/\s+/g, ' ');
    for (const definition of contract) expect(bare).toContain(definition);
    expect(() => buildSchema(sdl)).not.toThrow();
  });

  test('describes everything', () => {
    expect(missingDescriptions(librarySchema())).toEqual([]);
  });

  test('names what has no description', () => {
    const schema = buildSchema('enum E { A } input I { a: Int } interface N { id: ID } type Query implements N { id(x: E, i: I): ID }');
    expect(missingDescriptions(schema)).toEqual(['E', 'E.A', 'I', 'I.a', 'N', 'N.id', 'Query', 'Query.id', 'Query.id(i:)', 'Query.id(x:)']);
  });

  test('is not built when a root field has no policy', () => {
    @ObjectType({ description: 'Nothing.' })
    class Nothing {
      @Field(() => String, { description: 'Nothing.' })
      text!: string;
    }
    @Resolver()
    class OpenResolver {
      @Query(() => Nothing, { description: 'Nobody said for whom.' })
      forWhom(): Nothing {
        return { text: '' };
      }
    }
    expect(() => buildApiSchema([OpenResolver])).toThrow('These fields declare no policy: Query.forWhom');
  });
});
