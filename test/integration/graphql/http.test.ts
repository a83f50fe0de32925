import { request as httpRequest } from 'node:http';
import { RefusedError } from '../../../schema/errors/catalogue';
import { documentHash } from '../../../src/graphql/trusted-documents';
import { limits } from '../../../src/graphql/limits';
import { ask, ruleOf, send, startServer, type TestServer } from './harness';

const BOOK = {
  id: 'b1', shelf_id: 's1', title: 'Dune', pages: 412, added_at: new Date('2026-01-02T03:04:05.006Z'), cursor_value: '412',
  cursor_key: 'b1',
};

describe('GraphQL over HTTP', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ rows: [BOOK] });
  });
  afterAll(() => server.close());

  test('answers a query, with ids that are global and nothing to be cached', async () => {
    const { status, headers, body } = await ask(
      server, '{ books(first: 1) { nodes { id title addedAt shelf { id } } pageInfo { hasNextPage } } }',
    );
    expect(status).toBe(200);
    expect(body.data).toEqual({
      books: {
        nodes: [
          {
            id: Buffer.from('Book:b1').toString('base64url'), title: 'Dune', addedAt: '2026-01-02T03:04:05.006Z',
            shelf: { id: Buffer.from('Shelf:s1').toString('base64url') },
          },
        ],
        pageInfo: { hasNextPage: false },
      },
    });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('says what an operation cost and what is left', async () => {
    const { body } = await ask(server, '{ books(first: 10) { nodes { title } } }', { headers: { 'x-correlation-id': 'cost-probe-1' } });
    // connection 2 + 10 x (nodes 1)
    expect(body.extensions?.['cost']).toEqual({ requested: 12, available: expect.any(Number), restoreRate: limits.costPerSecond });
  });

  test('takes the correlation id of the caller when it looks like one, and gives its own otherwise', async () => {
    const kept = await ask(server, '{ broken }', { headers: { 'x-correlation-id': 'from-the-caller-1' } });
    expect(kept.headers.get('x-correlation-id')).toBe('from-the-caller-1');
    expect(kept.body.errors?.[0]?.extensions['correlationId']).toBe('from-the-caller-1');
    const replaced = await ask(server, '{ broken }', { headers: { 'x-correlation-id': 'two words' } });
    expect(replaced.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('masks what nobody foresaw and logs it, without the credentials in it', async () => {
    const before = server.logged.length;
    const { status, body } = await ask(server, '{ broken }', { headers: { 'x-correlation-id': 'masking-probe' } });
    expect(status).toBe(200);
    expect(body).toEqual({
      data: { broken: null }, extensions: expect.anything(),
      errors: [{
        message: 'Something failed on our side. Quote the correlation id when you ask about it.',
        path: ['broken'], locations: expect.anything(),
        extensions: {
          code: 'E5001', rule: 'internal', category: 'server_error', severity: 'critical', recovery: 'contact_support',
          correlationId: 'masking-probe',
        },
      }],
    });
    const [line, ...more] = server.logged.slice(before).filter((entry) => entry.includes('nobody foresaw'));
    expect(more).toEqual([]);
    expect(line).toContain('masking-probe');
    expect(line).toContain('refused');
    expect(line).not.toContain('sk-test-not-a-key');
  });

  describe('who may', () => {
    test.each([
      ['whoAmI', undefined, 'E4011'], [
        'whoAmI', 'user-token', undefined,
      ], ['secrets', undefined, 'E4011'], ['secrets', 'user-token', 'E4031'],
      ['secrets', 'admin-token', undefined], ['secrets', 'forged-token', 'E4011'],
    ])('%s with %s is answered %s', async (field, token, code) => {
      const { body } = await ask(server, `{ ${field} }`, { token });
      expect(body.errors?.[0]?.extensions['code']).toBe(code);
      if (!code) expect(body.data?.[field]).toEqual(expect.any(String));
    });

    test('a mutation is refused before it runs', async () => {
      const { body } = await ask(server, 'mutation { addBook(input: { title: "x" }) { errors { code } } }');
      expect(body).toMatchObject({ data: null, errors: [{ extensions: { code: 'E4011', rule: 'signed_in' } }] });
    });
  });

  describe('node', () => {
    const id = (type: string, key: string) => Buffer.from(`${type}:${key}`).toString('base64url');

    test('reads one and several, in order, with an error where nothing is found', async () => {
      const { body } = await ask(server, 'query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Book { title } } }', {
        token: 'user-token', variables: { ids: [id('Book', 'b1'), id('Book', 'unknown'), id('Nothing', 'x')] },
      });
      expect(body.data?.['nodes']).toEqual([{ __typename: 'Book', id: id('Book', 'b1'), title: 'Dune' }, null, null]);
      expect(
        body.errors?.map(({ path, extensions }) => [path, extensions['code'], extensions['rule']])
      ).toEqual([[['nodes', 1], 'E4041', 'node'], [['nodes', 2], 'E4041', 'node']]);
    });

    test.each([
      ['garbage', '!!!'], ['empty', ''], ['no key', id('Book', '')], ['another spelling', `${id('Book', 'b1')}=`],
      ['not UTF-8', Buffer.from([0xff, 0x3a, 0x41]).toString('base64url')],
    ])(
      'refuses %s as an id', async (_what, value) => {
        const { body } = await ask(server, 'query($id: ID!) { node(id: $id) { id } }', { token: 'user-token', variables: { id: value } });
        expect(body).toMatchObject({ data: { node: null }, errors: [{ extensions: { code: 'E4004', rule: 'global_id' } }] });
      },
    );

    test('takes 100 ids and not 101', async () => {
      const query = 'query($ids: [ID!]!) { nodes(ids: $ids) { id } }';
      const ids = Array.from({ length: 101 }, () => id('Book', 'b1'));
      expect((await ask(server, query, { token: 'user-token', variables: { ids: ids.slice(1) } })).body.errors).toBeUndefined();
      expect(ruleOf(await ask(server, query, { token: 'user-token', variables: { ids } }))).toBe('list_size');
    });
  });

  describe('requests that are none', () => {
    test.each([
      ['malformed JSON', '{"query": ', 400, 'body'], ['a number', '7', 400, 'request'], ['an empty object', '{}', 400, 'request'], [
        'a batch', '[{"query":"{__typename}"},{"query":"{__typename}"}]', 400, 'request',
      ],
      ['a poisoned prototype', '{"__proto__": {"x": 1}, "query": "{__typename}"}', 400, 'body'], [
        '10,000 nested arrays', `{"query":"{__typename}","variables":{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}}`, 422, 'variables_depth',
      ],
      ['variables that are text', '{"query":"{__typename}","variables":"{}"}', 400, 'request'], [
        'another operation name', '{"query":"query A {__typename}","operationName":"B"}', 400, 'operation',
      ],
      ['an unknown field', '{"query":"{ bookz { id } }"}', 400, 'validation'], ['no document', '{"query":""}', 400, 'request'],
      ['a subscription', '{"query":"subscription { ticks }"}', 400, 'subscription_transport'],
    ])('%s is answered in JSON', async (_what, body, status, rule) => {
      const answer = await send(server, body);
      expect([answer.status, ruleOf(answer)]).toEqual([status, rule]);
      if (rule) expect(answer.body.errors?.[0]?.extensions['correlationId']).toBe(answer.headers.get('x-correlation-id'));
    });

    test('a body of the limit is read, one above is refused', async () => {
      const padded = (bytes: number) => { const body = JSON.stringify({
        query: '{__typename}', variables: { pad: '' },
      }); return body.replace('"pad":""', `"pad":"${'x'.repeat(bytes - body.length)}"`); };
      expect((await send(server, padded(limits.bodyBytes))).status).toBe(200);
      const above = await send(server, padded(limits.bodyBytes + 1));
      expect([above.status, ruleOf(above)]).toEqual([413, 'body_size']);
    });

    test('does not spell out the schema', async () => {
      const { body } = await ask(server, '{ bookz { id } }');
      expect(body.errors?.[0]?.message).toBe('Cannot query field "bookz" on type "Query".');
    });

    test('refuses variables of the wrong type', async () => {
      const answer = await ask(server, 'query($n: Int) { books(first: $n) { nodes { id } } }', { variables: { n: 'many' } });
      expect([answer.status, ruleOf(answer), answer.body.errors?.[0]?.extensions['code']]).toEqual([400, 'variables', 'E4002']);
    });

    test('refuses a min position it never gave', async () => {
      expect(ruleOf(await ask(server, '{ __typename }', { headers: { 'x-min-position': 'soon' } }))).toBe('min_position');
    });
  });

  describe('cross-site requests', () => {
    const query = JSON.stringify({ query: 'mutation { addBook(input: {title: "x"}) { errors { code } } }' });
    const get = (headers: Record<string, string>, search: string) => fetch(`${server.url}/graphql?${search}`, { headers });

    test.each([
      ['text/plain', 415], ['application/x-www-form-urlencoded', 415], ['multipart/form-data', 415], ['application/xml', 415],
    ])('a %s body is refused', async (type, status) => {
      expect((await send(server, query, { 'content-type': type })).status).toBe(status);
    });

    test('a mutation by GET is refused', async () => {
      const response = await get(
        { 'apollo-require-preflight': '1' }, `query=${encodeURIComponent('mutation { addBook(input: {title: "x"}) { errors { code } } }')}`,
      );
      expect(response.status).toBe(405);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'E4001' } }] });
    });

    test('a query by GET needs a header that only a preflighted request can have', async () => {
      expect((await get({}, 'query={__typename}')).status).toBe(400);
      expect((await get({ 'apollo-require-preflight': '1' }, 'query={__typename}')).status).toBe(200);
    });

    test.each([
      'https://evil.example', 'null', 'http://keyledger.test.evil.example', 'https://keyledger.test', 'http://keyledger.test:81',
    ])('origin %s is refused', async (origin) => {
      const answer = await send(server, query, { origin });
      expect([answer.status, ruleOf(answer)]).toEqual([403, 'origin']);
    });

    test('our own origin is welcome; a cross-site fetch without one is not', async () => {
      expect((await send(server, query, { origin: 'http://keyledger.test' })).status).toBe(200);
      // fetch may not set Sec-* headers, so plain HTTP does.
      const status = await new Promise<number | undefined>((resolve) => {
        const request = httpRequest(`${server.url}/graphql`, {
          method: 'POST', headers: { 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' },
        }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        request.end(query);
      });
      expect(status).toBe(403);
    });
  });
});

describe('settings of the HTTP server', () => {
  let server: TestServer | undefined;
  afterEach(() => server?.close());

  test('introspection can be switched off', async () => {
    server = await startServer({ config: { introspection: false } });
    expect(ruleOf(await ask(server, '{ __schema { queryType { name } } }'))).toBe('validation');
  });

  test('documents can be asked for by hash, and unknown hashes are told', async () => {
    const text = '{ whoAmI }';
    server = await startServer({ config: { trustedDocuments: new Map([[documentHash(text), text]]) } });
    const byHash = (sha256Hash: string) => send(
      server as TestServer, JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash } } }),
      { cookie: 'keyledger=user-token' },
    );
    expect((await byHash(documentHash(text))).body.data).toEqual({ whoAmI: 'user-1' });
    const unknown = await byHash(documentHash('{ secrets }'));
    expect([unknown.status, ruleOf(unknown)]).toEqual([400, 'unknown_document']);
    expect((await ask(server, '{ __typename }')).status).toBe(200);
  });

  test('with trusted documents only, nothing else is answered, whatever hash it claims', async () => {
    const text = '{ whoAmI }';
    server = await startServer({ config: { trustedDocuments: new Map([[documentHash(text), text]]), trustedDocumentsOnly: true } });
    expect((await ask(server, text, { token: 'user-token' })).body.data).toEqual({ whoAmI: 'user-1' });
    const other = await ask(server, '{ __typename }');
    expect([other.status, ruleOf(other)]).toEqual([400, 'unknown_document']);
    const lying = await send(
      server, JSON.stringify({ query: '{ __typename }', extensions: { persistedQuery: { version: 1, sha256Hash: documentHash(text) } } }),
    );
    expect(lying.status).toBe(400);
  });

  test('a caller who spent their share is told when to come back; others are not touched', async () => {
    server = await startServer({ rows: [BOOK], config: { costBudget: { burst: 30, perSecond: 10 } } });
    const query = '{ books(first: 20) { nodes { id } } }';
    expect(
      (await ask(server, query, { token: 'user-token' })).body.extensions?.['cost']
    ).toEqual({ requested: 22, available: 8, restoreRate: 10 });
    const spent = await ask(server, query, { token: 'user-token' });
    expect([spent.status, spent.body.errors?.[0]?.extensions['code'], ruleOf(spent)]).toEqual([429, 'E4291', 'cost_budget']);
    expect(Number(spent.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(spent.headers.get('retry-after'))).toBeLessThanOrEqual(3);
    expect((await ask(server, query, { token: 'admin-token' })).status).toBe(200);
  });

  test('sessions that cannot be judged are an outage, not a sign-out', async () => {
    server = await startServer();
    server.sessions.get = () => { throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }); };
    const answer = await ask(server, '{ whoAmI }', { token: 'user-token' });
    expect([answer.status, answer.body.errors?.[0]?.extensions['code']]).toEqual([503, 'E5031']);
  });

  test('a refusal by a statement is answered with its code', async () => {
    server = await startServer({
      db: () => ({ query: () => Promise.reject(new RefusedError({ code: 'E5041', rule: 'statement_timeout', message: 'Too slow.' })) }),
    });
    expect((await ask(server, '{ books { nodes { id } } }')).body).toMatchObject({
      data: null, errors: [{ extensions: { code: 'E5041', rule: 'statement_timeout' } }],
    });
  });

  test('a view that is behind the position of the caller is waited for and then told', async () => {
    const asked: unknown[] = [];
    server = await startServer({ live: { waitFor: async (...args: unknown[]) => { asked.push(args); return false; } } as never });
    const answer = await ask(server, '{ behind }', { headers: { 'x-min-position': '9007199254740993' } });
    expect(answer.body).toMatchObject({
      errors: [{ extensions: { code: 'E5041', rule: 'view_behind', details: { minPosition: '9007199254740993' } } }],
    });
    expect(asked).toEqual([[['books'], 9007199254740993n]]);
  });
});
