import { isDeepStrictEqual } from 'node:util';
import path from 'node:path';
import type { Api } from '../support/api';
import { startChild } from './child';
import { medianOf, putLoad, type LoadResult } from './load';
import type { PlainOrder } from './plain-graphql';
import { startProduct } from './product';
import { whole, type Bench, type Row } from './report';

const BAR = 0.7;
const ROUNDS = 3;
const SECONDS = 5;
const CONNECTIONS = 32;
const USERS = 500;

const QUERY = 'query Users { users(first: 50) { nodes { id email displayName role state createdAt } } }';
const CREATE = 'mutation Create($input: CreateUserInput!) { createUser(input: $input) { position errors { message } } }';

/** A list of 50 over HTTP, beside plain graphql-js with the same SQL. */
export const lists: Bench = { name: 'lists', run };

async function run(): Promise<Row> {
  const product = await startProduct();
  try {
    await createUsers(product.owner);
    const { viewer } = await product.owner.ask('{ viewer { tenant { id } } }');
    const tenantId = Buffer.from(viewer.tenant.id, 'base64url').toString('utf8').split(':').at(-1)!;
    const order: PlainOrder = { databaseUrl: product.databaseUrl, tenantId };
    const plain = await startChild<string>(path.join(__dirname, 'plain-graphql.js'), order);
    try {
      await assertSameAnswer(product.owner, plain.ready);
      const urls = { product: `${product.url}/graphql`, plain: plain.ready };
      const results = { product: [] as LoadResult[], plain: [] as LoadResult[] };
      // A server that has just started still compiles itself: the first round counts for nothing.
      for (let round = 0; round <= ROUNDS; round++) {
        for (const side of ['product', 'plain'] as const) {
          const load = { url: urls[side], headers: product.headers, body: JSON.stringify({ query: QUERY }), connections: CONNECTIONS };
          const result = await putLoad({ ...load, seconds: SECONDS, expect: '"displayName"' });
          if (round > 0) results[side].push(result);
        }
      }
      return toRow(medianOf(results.product), medianOf(results.plain));
    } finally {
      await plain.stop();
    }
  } finally {
    await product.stop();
  }
}

async function createUsers(owner: Api): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: 32 }, async () => {
    for (let index = next++; index < USERS; index = next++) {
      const input = { email: `person-${index}@example.test`, displayName: `Person Number ${index}`, role: index % 10 === 0 ? 'AUDITOR' : 'USER' };
      const { createUser } = await owner.ask(CREATE, { input });
      if (createUser.errors.length > 0) throw new Error(createUser.errors[0].message);
    }
  }));
}

async function assertSameAnswer(owner: Api, plainUrl: string): Promise<void> {
  const ours = await owner.ask(QUERY);
  const response = await fetch(plainUrl, { method: 'POST', body: JSON.stringify({ query: QUERY }) });
  const { data } = (await response.json()) as { data: unknown };
  if (!isDeepStrictEqual(ours, data)) throw new Error(`The two servers answer differently: ${JSON.stringify(ours).slice(0, 400)} and ${JSON.stringify(data).slice(0, 400)}`);
}

function toRow(product: LoadResult, plain: LoadResult): Row {
  const figures = ({ requestsPerSecond, p99 }: LoadResult): string => `${whole(requestsPerSecond)}/s, p99 ${whole(p99)} ms`;
  const ratio = product.requestsPerSecond / plain.requestsPerSecond;
  return {
    what: 'list of 50 with 6 fields, requests/s',
    against: 'plain graphql-js on node:http with the same SQL',
    measured: figures(product),
    baseline: figures(plain),
    result: `${ratio.toFixed(2)}x`,
    bar: `>= ${BAR}x`,
    met: ratio >= BAR,
    about: `The first 50 of ${USERS + 1} users with id, e-mail, name, role, state and date, over ${CONNECTIONS} connections. Ours judges the session, the`
      + ' policy, the depth, cost and budget of the document, pages by cursor, and sets its security headers. The baseline is node:http and graphql-js with'
      + ' documents parsed and validated once, hand-written resolvers, no session and no limits, and the same SQL over the same rows. Both answers are'
      + ' compared first and are equal.',
  };
}
