import { Lexer, Source, TokenKind } from 'graphql';
import { limits } from '../../../src/graphql/limits';
import type { FeedItem, LiveFeeds } from '../../../src/live/port';
import { ask, connect, ruleOf, startServer, type TestServer, type TestSocket } from './harness';

/** Every limit at and above, on both transports: `{ ... }` stands for the fields of a Book. */
const onHttp = (fields: string) => `{ books(first: 1) { nodes { ${fields} } } }`;
const onSocket = (fields: string) => `subscription { bookChanged { node { ${fields} } } }`;

const repeated = (count: number, make: (index: number) => string) => Array.from({ length: count }, (_, index) => make(index)).join(' ');
const nested = (count: number) => `${'again { '.repeat(count)} title ${'}'.repeat(count)}`;

function tokensOf(text: string): number {
  const lexer = new Lexer(new Source(text));
  let count = 0;
  while (lexer.advance().kind !== TokenKind.EOF) count += 1;
  return count;
}

/** Fields that bring a document to exactly `tokens`: `aN: counted(words: [...])` is nine tokens and the words. */
function filled(tokens: number, wrap: (fields: string) => string): string {
  const fields: string[] = [];
  for (let left = tokens - tokensOf(wrap('')); left > 0; ) {
    const words = left > 108 ? 90 : left > 99 ? 45 : left - 9;
    fields.push(`a${fields.length}: counted(words: [${repeated(words, () => '"x"')}])`);
    left -= words + 9;
  }
  const document = wrap(fields.join(' '));
  if (tokensOf(document) !== tokens) throw new Error(`${tokensOf(document)} tokens, not ${tokens}`);
  return document;
}

type Fixture = [
  name: string, rule: string, at: (wrap: (fields: string) => string) => string, above: (wrap: (fields: string) => string) => string,
];

const fixtures: Fixture[] = [
  ['tokens', 'document_tokens', (wrap) => filled(limits.tokens, wrap), (wrap) => filled(limits.tokens + 1, wrap)],
  // Two levels above the book's fields on both transports.
  ['depth', 'document_depth', (wrap) => wrap(nested(limits.depth - 3)), (wrap) => wrap(nested(limits.depth - 2))],
  [
    'depth through fragments', 'document_depth', (wrap) => `${wrap('...F')} fragment F on Book { ${nested(limits.depth - 3)} }`,
    (wrap) => `${wrap('...F')} fragment F on Book { ${nested(limits.depth - 2)} }`,
  ],
  [
    'aliases', 'document_aliases', (wrap) => wrap(repeated(limits.aliases, (index) => `a${index}: title`)),
    (wrap) => wrap(repeated(limits.aliases + 1, (index) => `a${index}: title`)),
  ],
  [
    'directives', 'document_directives', (wrap) => wrap(repeated(limits.directives, () => 'title @include(if: true)')),
    (wrap) => wrap(repeated(limits.directives + 1, () => 'title @include(if: true)')),
  ],
  [
    'page size', 'page_size', (wrap) => wrap('related(first: 100) { nodes { id } }'),
    (wrap) => wrap('related(first: 101) { nodes { id } }'),
  ],
  [
    'page size backwards', 'page_size', (wrap) => wrap('related(last: 100) { nodes { id } }'),
    (wrap) => wrap('related(last: 101) { nodes { id } }'),
  ],
  [
    'page size of nothing', 'page_size', (wrap) => wrap('related(first: 1) { nodes { id } }'),
    (wrap) => wrap('related(first: 0) { nodes { id } }'),
  ],
  // 100 x (nodes 1 + 8 x 3) is above the limit, 98 x that below.
  [
    'cost', 'document_cost', (wrap) => wrap(`related(first: 98) { nodes { ${repeated(8, (index) => `a${index}: ${nested(3)}`)} } }`),
    (wrap) => wrap(`related(first: 100) { nodes { ${repeated(8, (index) => `a${index}: ${nested(3)}`)} } }`),
  ],
];

describe('the limits', () => {
  let server: TestServer;
  let socket: TestSocket;
  let ids = 0;
  const book = {
    tenant_id: 'tenant-1', id: 'b1', shelf_id: 's', title: 'Dune', pages: 412, added_at: new Date(0), cursor_value: '412', cursor_key: 'b1',
  };

  /** Rule that refused a subscription, undefined when it runs. */
  async function subscribed(query: string, variables: object = {}): Promise<unknown> {
    const id = String((ids += 1));
    socket.send({ type: 'subscribe', id, payload: { query, variables } });
    const message = await socket.next();
    if (message.type === 'error') return message.payload[0].extensions.rule;
    expect(message.payload.errors).toBeUndefined();
    expect((await socket.next()).type).toBe('complete');
    return undefined;
  }

  beforeAll(async () => {
    const live = {
      subscribe: () => [{ cursor: 'c', position: 1n, row: book }][Symbol.iterator]() as unknown as AsyncIterableIterator<FeedItem>,
    } as unknown as LiveFeeds;
    server = await startServer({ rows: [book], live, config: { costBudget: { burst: 1_000_000, perSecond: 1_000 } } });
  });
  beforeEach(async () => {
    socket = await connect(server);
  });
  afterEach(() => socket.socket.terminate());
  afterAll(() => server.close());

  test.each(fixtures)('%s over HTTP: at the limit yes, above no (%s)', async (_name, rule, at, above) => {
    expect((await ask(server, at(onHttp))).body.errors).toBeUndefined();
    const refused = await ask(server, above(onHttp));
    expect(ruleOf(refused)).toBe(rule);
    expect([400, 422]).toContain(refused.status);
    expect(refused.body.data).toBeUndefined();
  });

  test.each(fixtures)('%s over WebSocket: at the limit yes, above no (%s)', async (_name, rule, at, above) => {
    expect(await subscribed(at(onSocket))).toBeUndefined();
    expect(await subscribed(above(onSocket))).toBe(rule);
  });

  test('page sizes in variables are judged like those in the document', async () => {
    const variables = { n: 101 };
    expect(ruleOf(await ask(server, 'query($n: Int) { books(first: $n) { nodes { id } } }', { variables }))).toBe('page_size');
    expect(
      await subscribed('subscription($n: Int) { bookChanged { node { related(first: $n) { nodes { id } } } } }', variables)
    ).toBe('page_size');
  });

  test('lists of inputs have a size, in the document and in variables', async () => {
    const list = (count: number) => Array.from({ length: count }, () => 'x');
    const query = 'query($f: BookFilter) { books(filter: $f) { nodes { id } } }';
    expect((await ask(server, query, { variables: { f: { shelves: list(100) } } })).body.errors).toBeUndefined();
    expect(ruleOf(await ask(server, query, { variables: { f: { shelves: list(101) } } }))).toBe('list_size');
    const subscription = 'subscription($s: [ID!]) { bookChanged(shelves: $s) { node { id } } }';
    expect(await subscribed(subscription, { s: list(100) })).toBeUndefined();
    expect(await subscribed(subscription, { s: list(101) })).toBe('list_size');
  });

  test('four mutations at once, and not five', async () => {
    const mutation = (index: number) => `m${index}: addBook(input: { title: "x" }) { errors { rule } }`;
    const mutations = (count: number) => `mutation { ${repeated(count, mutation)} }`;
    expect((await ask(server, mutations(limits.mutationRootFields), { token: 'user-token' })).body.errors).toBeUndefined();
    expect(ruleOf(await ask(server, mutations(limits.mutationRootFields + 1), { token: 'user-token' }))).toBe('mutation_fields');
    const spread = `mutation { ...F ... on Mutation { ${mutation(4)} } } fragment F on Mutation { ${repeated(4, mutation)} }`;
    expect(ruleOf(await ask(server, spread, { token: 'user-token' }))).toBe('mutation_fields');
  });

  test('20,000 nested braces exhaust neither parser', async () => {
    const bomb = `{ ${'a{'.repeat(20_000)}`;
    const answer = await ask(server, bomb);
    expect([answer.status, ruleOf(answer)]).toEqual([400, 'document_tokens']);
    expect(await subscribed(`subscription ${bomb}`)).toBe('document_tokens');
    expect((await ask(server, '{ __typename }')).status).toBe(200);
  });

  test('a document of 100 kB passes neither transport', async () => {
    const document = `{ __typename } # ${'x'.repeat(100_000)}`;
    const answer = await ask(server, document);
    expect([answer.status, ruleOf(answer)]).toEqual([413, 'body_size']);
    socket.send({ type: 'subscribe', id: 'big', payload: { query: document } });
    expect((await socket.closed).code).toBe(1009);
  });

  test('3,000 aliases of one field are refused', async () => {
    expect(ruleOf(await ask(server, `{ ${repeated(3_000, (index) => `a${index}:__typename`)} }`))).toBe('document_tokens');
  });

  test('at most 20 validation errors are told', async () => {
    const { body } = await ask(server, `{ ${repeated(200, (index) => `unknown${index}`)} }`);
    // graphql-js adds one that says it gave up.
    expect(body.errors?.length).toBe(limits.validationErrors + 1);
  });

  test('a full introspection is within the limits', async () => {
    const { getIntrospectionQuery } = jest.requireActual<typeof import('graphql')>('graphql');
    const { status, body } = await ask(server, getIntrospectionQuery());
    expect(status).toBe(200);
    expect(body.errors).toBeUndefined();
  });

  describe('the deadline', () => {
    let replaced: jest.ReplaceProperty<unknown>[] = [];
    beforeEach(() => {
      replaced = [jest.replaceProperty(limits, 'queryMs', 150 as never), jest.replaceProperty(limits, 'eventMs', 150 as never)];
    });
    afterEach(() => replaced.forEach((property) => property.restore()));

    test('of a query ends it with 504 and aborts its work', async () => {
      const answer = await ask(server, '{ stuck }', { headers: { 'x-correlation-id': 'deadline-probe' } });
      expect([answer.status, ruleOf(answer), answer.body.errors?.[0]?.extensions['code']]).toEqual([504, 'deadline', 'E5041']);
      expect(answer.body.errors?.[0]?.extensions['correlationId']).toBe('deadline-probe');
      expect((await ask(server, '{ __typename }')).status).toBe(200);
    });

    test('of an event ends its subscription; it is resumed by cursor', async () => {
      expect(await subscribed('subscription { bookChanged { node { stalled } } }')).toBe('deadline');
    });
  });
});
