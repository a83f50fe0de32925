import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChild } from './child';
import type { CrudOrder } from './crud-server';
import { medianOf, putLoad, type LoadResult } from './load';
import { startProduct, type Product } from './product';
import { whole, type Bench, type Row } from './report';

const BAR = 0.8;
const ROUNDS = 3;
const SECONDS = 5;
const CONNECTIONS = 64;

const open = (selection: string): string => JSON.stringify({
  query: `mutation Open($input: OpenChatSessionInput!) { openChatSession(input: $input) { ${selection} position revision errors { code message } } }`,
  variables: { input: { title: 'Homework on the water cycle' } },
});
const DONE = open('');
const SHOWN = open('chatSession { id title model messageCount createdAt revision }');

/** Mutations on distinct aggregates over HTTP, beside the same server doing one plain INSERT. */
export const mutations: Bench = { name: 'mutations', run };

async function run(): Promise<Row> {
  const product = await startProduct();
  const crud = await startChild<string>(path.join(__dirname, 'crud-server.js'), { databaseUrl: product.databaseUrl } satisfies CrudOrder);
  const urls = { events: product.url, rows: crud.ready };
  const load = (side: keyof typeof urls, body: string): Promise<LoadResult> =>
    putLoad({ url: `${urls[side]}/graphql`, headers: product.headers, body, connections: CONNECTIONS, seconds: SECONDS, expect: '"errors":[]' });
  try {
    // A server that has just started still compiles itself: one run of each counts for nothing.
    await compare(product, (side) => load(side, DONE), 1);
    const done = await compare(product, (side) => load(side, DONE), ROUNDS);
    const shown = await compare(product, (side) => load(side, SHOWN), 1);
    return toRow(done, shown);
  } finally {
    await crud.stop();
    await product.stop();
  }
}

interface Compared {
  events: LoadResult;
  rows: LoadResult;
  ratio: number;
  /** How much of the baseline's p99 there is in ours, as a ratio: 1 is as fast. */
  p99Ratio: number;
}

async function compare(product: Product, load: (side: 'events' | 'rows') => Promise<LoadResult>, rounds: number): Promise<Compared> {
  const events: LoadResult[] = [];
  const rows: LoadResult[] = [];
  for (let round = 0; round < rounds; round++) {
    events.push(await load('events'));
    await viewsCaughtUp(product);
    rows.push(await load('rows'));
  }
  const medians = { events: medianOf(events), rows: medianOf(rows) };
  return {
    ...medians,
    ratio: medians.events.requestsPerSecond / medians.rows.requestsPerSecond,
    p99Ratio: medians.rows.p99 / medians.events.p99,
  };
}

/** What the product still has to do must not slow the baseline down. */
async function viewsCaughtUp({ owner }: Product): Promise<void> {
  await owner.ask(JSON.parse(DONE).query as string, { input: {} });
  for (;;) {
    const { errors } = await owner.call('{ chatSessions(first: 1) { nodes { id } } auditLog(first: 1) { nodes { id } } }');
    if (errors.length === 0) return;
    if (errors[0]!.extensions['code'] !== 'E5041') throw new Error(`The views cannot be read: ${JSON.stringify(errors)}`);
    await sleep(200);
  }
}

function toRow(done: Compared, shown: Compared): Row {
  const figures = ({ requestsPerSecond, p99 }: LoadResult): string => `${whole(requestsPerSecond)}/s, p99 ${whole(p99)} ms`;
  return {
    what: 'mutations/s and p99 over HTTP, distinct aggregates',
    against: 'the same server doing one plain INSERT',
    measured: figures(done.events),
    baseline: figures(done.rows),
    result: `${done.ratio.toFixed(2)}x, p99 ${done.p99Ratio.toFixed(2)}x`,
    bar: `>= ${BAR}x`,
    met: done.ratio >= BAR && done.p99Ratio >= BAR,
    about: `\`openChatSession\`, a new aggregate each time, over ${CONNECTIONS} connections. Each mutation has its title sealed under a key of its own,`
      + ' is decided, appended with `fsync` on, and projected into the views and the audit log while the load goes on.'
      + ' The baseline is the same HTTP server, schema, session, policy and validation in one process, with one INSERT (`fsync` on, same Postgres,'
      + ' a table with the list indexes of the view) instead: no history, no encryption, no audit log, no subscribers.'
      + ` The p99 ratio is the baseline's over ours.\n\nWhen the answer also shows the new object, ours waits until the view has it; then it is`
      + ` ${figures(shown.events)} against ${figures(shown.rows)}: ${shown.ratio.toFixed(2)}x (no bar).`,
  };
}
