import { auditServer, serverAudits } from 'graphql-http';
import { startServer, type TestServer } from './harness';

/**
 * GraphQL over HTTP, by the specification's own audit. Nothing a server MUST do may fail; the rest that is not ok is
 * frozen here with its reason.
 */
const NOT_OK: Record<string, 'notice' | 'warn'> = {
  // MAY accept GET: only with a header that a cross-site form cannot send.
  '5A70': 'notice',
  '6A70': 'notice',
  'D6D5': 'notice',
  // SHOULD answer 200 to application/json when parsing, validation or coercion fails: Apollo Server says 400.
  '572B': 'warn',
  'FDE2': 'warn',
  '7B9B': 'warn',
};

describe('GraphQL over HTTP conformance', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ config: { costBudget: { burst: 1_000_000, perSecond: 1_000 } } });
  });
  afterAll(() => server.close());

  test('has no failure, and exactly the deviations we know', async () => {
    const results = await auditServer({ url: `${server.url}/graphql`, fetchFn: fetch });
    expect(results).toHaveLength(serverAudits({ url: '' }).length);
    const notOk = Object.fromEntries(results.filter(({ status }) => status !== 'ok').map((result) => [result.id, result.status]));
    expect(notOk).toEqual(NOT_OK);
  });
});
