import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { measureBurst } from '../registry';
import { createLeaseClient, type LeaseClient } from './lease-client';

/** `npm run load-test`: bursts of simultaneous requests for leases, over the public API of a running server. */

const USAGE = `Usage: CLIENT_KEY=... npm run load-test -- --providers A,B [--url URL] [--bursts 5,10,15] [--hold 100-500]

  --providers  pools to ask, separated by commas
  --url        the server (http://localhost:4000)
  --bursts     requests at once, burst by burst, 1 to 200 each (5,10,15)
  --hold       how long each lease is held, in milliseconds, from and to (100-500)

The client key needs the scopes leases:write and pools:read. Large bursts cost more points than one caller gets: the time until there are some again
counts as waiting (see KEYLEDGER_COST_BURST). Ends with 0 when every request got its lease, else with 1.`;

const WRONG_USAGE = 2;
const MOST_AT_ONCE = 200;
const WAIT_SECONDS = 30;
const TTL_SECONDS = 60;

interface Plan {
  url: string;
  clientKey: string;
  providers: string[];
  bursts: number[];
  minHoldMs: number;
  maxHoldMs: number;
}

/** What to do; undefined when the words make no sense. */
function planOf(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Plan | undefined {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        url: { type: 'string', default: 'http://localhost:4000' }, providers: { type: 'string' },
        bursts: { type: 'string', default: '5,10,15' }, hold: { type: 'string', default: '100-500' },
      },
    });
    const providers = (values.providers ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '');
    const bursts = values.bursts.split(',').map(Number);
    const [minHoldMs, maxHoldMs] = values.hold.split('-').map(Number);
    const clientKey = env.CLIENT_KEY;
    const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= MOST_AT_ONCE;
    if (!clientKey || !URL.canParse(values.url) || providers.length === 0 || !bursts.every(isCount)) return undefined;
    if (minHoldMs === undefined || maxHoldMs === undefined || !(minHoldMs >= 0 && maxHoldMs >= minHoldMs)) return undefined;
    return { url: values.url.replace(/\/$/, ''), clientKey, providers, bursts, minHoldMs, maxHoldMs };
  } catch {
    return undefined;
  }
}

/**
 * Runs the bursts and prints a Markdown table.
 * @param argv without node and script
 * @returns the exit code: 0 every request got its lease, 1 some did not, 2 wrong usage
 */
async function runLoadTestCli(argv: readonly string[], env: Readonly<Record<string, string | undefined>>, print: (line: string) => void): Promise<number> {
  const plan = planOf(argv, env);
  if (!plan) {
    print(USAGE);
    return WRONG_USAGE;
  }
  const client = createLeaseClient({ url: plan.url, clientKey: plan.clientKey, waitSeconds: WAIT_SECONDS, ttlSeconds: TTL_SECONDS });
  try {
    return await runBursts(plan, client, print);
  } finally {
    await client.close();
  }
}

async function runBursts({ providers, bursts, minHoldMs, maxHoldMs }: Plan, client: LeaseClient, print: (line: string) => void): Promise<number> {
  const name = randomUUID();
  let failures = 0;
  print('| pool | burst | success | average ms | p50 | p95 | p99 | max | keys |');
  print('|---|--:|--:|--:|--:|--:|--:|--:|---|');
  for (const provider of providers) {
    for (const [index, burst] of bursts.entries()) {
      const { succeeded, failed, averageMs, p50Ms, p95Ms, p99Ms, maxMs, keys } = await measureBurst({
        provider, burst, minHoldMs, maxHoldMs,
        lease: (n) => client.lease(provider, `${name}-${index}-${n}`),
        clock: () => performance.now(), random: Math.random, signal: new AbortController().signal,
      });
      failures += failed;
      const share = `${((succeeded / burst) * 100).toFixed(0)} %`;
      const spread = keys.map((key) => `${key.name} ${key.grants}`).join(', ');
      print(`| ${[provider, burst, share, averageMs, p50Ms, p95Ms, p99Ms, maxMs, spread].join(' | ')} |`);
    }
  }
  return failures === 0 ? 0 : 1;
}

if (require.main === module) {
  runLoadTestCli(process.argv.slice(2), process.env, console.log).then(
    (code) => process.exit(code),
    // A socket that the server closes gives a reason in place of a message; of a server out of reach only the cause says why.
    ({ message, reason, cause }: { message?: string; reason?: string; cause?: unknown }) => {
      console.error(cause instanceof Error ? `${message}: ${cause.message}` : message ?? reason);
      process.exit(1);
    },
  );
}
