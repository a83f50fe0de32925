import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startEmbeddedPostgres } from '../../src/embedded/postgres';
import { openPoolsOnLog, type Granted, type PoolsOnLog } from './pool-on-log';
import { whole, type Bench, type Row } from './report';

/** Many who wait for the one place of one key: a release must wake one of them, and cost the same however many there are. */
export const waiters: Bench = { name: 'waiters', run };

const FEW = 100;
const MANY = 10_000;
/** Releases, each followed by somebody new, so that the queue keeps its length. */
const ROUNDS = 1_000;
const WARM_UP_ROUNDS = 300;
/** So many times the cost with few waiters may a release cost with many. */
const BAR = 1.5;
/** More memory than this, in MB, between the first and the last rounds is not flat. */
const FLAT_MB = 10;
const AT_ONCE = 500;
const WAIT_MS = 3_600_000;

interface Measured {
  /** Processor time of the process that decides, for one release, in milliseconds. */
  cpuMs: number;
  grants: number;
  heapBeforeMb: number;
  heapAfterMb: number;
}

async function run(): Promise<Row> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'keyledger-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir });
  try {
    const pools = await openPoolsOnLog(await postgres.databaseUrl('eventstore'), path.join(dataDir, 'store.sock'));
    await measure(pools, 'warm-up', FEW);
    const few = await measure(pools, 'few', FEW);
    const many = await measure(pools, 'many', MANY);
    await pools.close();
    return rowOf(few, many);
  } finally {
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function rowOf(few: Measured, many: Measured): Row {
  const ratio = many.cpuMs / few.cpuMs;
  const grants = many.grants / ROUNDS;
  const grownMb = many.heapAfterMb - many.heapBeforeMb;
  return {
    what: `a release with ${whole(MANY)} waiters on one key`,
    against: `the same with ${FEW} waiters`,
    measured: `${many.cpuMs.toFixed(2)} ms of processor time`,
    baseline: `${few.cpuMs.toFixed(2)} ms`,
    result: `${ratio.toFixed(2)}x, ${grants} grant a release, heap ${grownMb >= 0 ? '+' : ''}${grownMb.toFixed(1)} MB`,
    bar: `<= ${BAR}x, 1 grant, flat memory`,
    met: ratio <= BAR && grants === 1 && few.grants === ROUNDS && grownMb <= FLAT_MB,
    about: `One key with one place, and the queue kept at its length: each release, of which ${whole(ROUNDS)} are measured one after another, is followed by a new request.`
      + ' Processor time is that of the process that decides and appends, client library included. The heap is measured after garbage collection, before'
      + ` and after the measured releases with ${whole(MANY)} waiters: ${many.heapBeforeMb.toFixed(0)} and ${many.heapAfterMb.toFixed(0)} MB (up to ${FLAT_MB} MB more counts as flat).`,
  };
}

async function measure(pools: PoolsOnLog, provider: string, length: number): Promise<Measured> {
  const request = (): Promise<readonly Granted[]> => {
    const ticketId = randomUUID();
    return pools.send(provider, { type: 'RequestLease', ticketId, requestId: ticketId, tenant: 'a', holder: 'bench', ttlMs: WAIT_MS, maxWaitMs: WAIT_MS, now: Date.now() });
  };
  await pools.send(provider, {
    type: 'AddProviderKey', keyId: provider, name: provider, lastFour: '0000', fingerprint: provider, secretRef: `a/${provider}`, concurrencyLimit: 1,
    rpmLimit: null, priority: 0, tenantScope: '*', now: Date.now(),
  });
  let [held] = await request();
  for (let waiting = 0; waiting < length; waiting += AT_ONCE) await Promise.all(Array.from({ length: Math.min(AT_ONCE, length - waiting) }, request));

  const microseconds = { total: 0 };
  let grants = 0;
  async function turn(): Promise<void> {
    const before = process.cpuUsage();
    const granted = await pools.send(provider, { type: 'ReleaseLease', leaseId: held!.ticketId, token: held!.token, holder: 'bench', outcome: 'ok', now: Date.now() });
    const { user, system } = process.cpuUsage(before);
    microseconds.total += user + system;
    grants += granted.length;
    [held] = granted;
    await request();
  }

  for (let round = 0; round < WARM_UP_ROUNDS; round++) await turn();
  const heapBeforeMb = heapMb();
  [microseconds.total, grants] = [0, 0];
  for (let round = 0; round < ROUNDS; round++) await turn();
  return { cpuMs: microseconds.total / ROUNDS / 1_000, grants, heapBeforeMb, heapAfterMb: heapMb() };
}

/** In use after garbage collection. */
function heapMb(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed / 1e6;
}
