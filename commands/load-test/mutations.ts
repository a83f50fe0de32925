import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { RefusedError } from '../../schema/errors/catalogue';
import { DEFAULT_BURSTS, DEFAULT_MAX_HOLD_MS, DEFAULT_MIN_HOLD_MS, StartLoadTestInput } from '../../schema/load-test/inputs';
import { StartLoadTestPayload } from '../../schema/load-test/types';
import { simulatedPools } from '../../schema/run/operations';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { derivedId, mutate } from '../../src/graphql/mutate';
import type { MutationPayload } from '../../src/graphql/payload';
import { Policy } from '../../src/graphql/policy';
import { callerIdOf, tenantOf } from '../../src/graphql/tenant';
import { keyPool } from '../key-pool/decider';
import { ensureSimulatedPool } from '../key-pool/simulated-pools';
import { scopeOf } from '../key-pool/queue';
import { loadTest } from './decider';

/** Nothing keeps a tenant from its next load test for longer than this, in milliseconds, not even a job that got lost. */
const FORGOTTEN_MS = 3_600_000;

@Resolver()
export class LoadTestMutations {
  @Mutation(() => StartLoadTestPayload, { description: 'Asks pools for a number of leases at the same moment, and measures how long that takes.' })
  @Policy('runs:manage')
  startLoadTest(
    @Arg('input', () => StartLoadTestInput, { description: 'Which pools, and how hard.' }) input: StartLoadTestInput,
    @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'startLoadTest', input }, (command) => start(context, command, input), (started) => started);
  }
}

async function start(context: Context, command: CommandContext, input: StartLoadTestInput): Promise<CommandOutcome<{ loadTestId: string }>> {
  const { providers, bursts, minHoldMs, maxHoldMs } = input;
  const loadTestId = derivedId(command, 'load test');
  await requireNoOther(context, loadTestId);
  for (const [index, provider] of providers.entries()) await requirePool(context, provider, index);
  const plan = {
    loadTestId, providers, bursts: bursts ?? DEFAULT_BURSTS, minHoldMs: minHoldMs ?? DEFAULT_MIN_HOLD_MS, maxHoldMs: maxHoldMs ?? DEFAULT_MAX_HOLD_MS,
    requestedBy: callerIdOf(context),
  };
  return context.commands.execute(loadTest, loadTestId, { type: 'RequestLoadTest', plan }, command, () => ({ loadTestId }));
}

/**
 * Of those who ask at the same moment several may pass: the job runs them one after the other.
 * @throws RefusedError E4291 rule `load_test_running` while another one of the tenant runs
 */
async function requireNoOther(context: Context, loadTestId: string): Promise<void> {
  await context.waitForViews('load_tests');
  const forgotten = new Date(context.now().getTime() - FORGOTTEN_MS);
  const running = await context.db.query(
    "select 1 from views.load_tests where tenant_id = $1 and state = 'running' and created_at > $2 and id <> $3 limit 1",
    [tenantOf(context), forgotten, loadTestId]);
  if (running.length === 0) return;
  throw new RefusedError({ code: 'E4291', rule: 'load_test_running', message: 'Another load test is still running. Wait until it has ended.' });
}

/**
 * A load test takes the places and the rate of keys from whoever works with them, so it may do that to one's own only.
 * @throws RefusedError E4041 rule `pool_unknown` when the pool has no key for the caller's tenant; B2003 rule `pool_shared`
 *   when keys of others would serve it
 */
async function requirePool(context: Context, provider: string, index: number): Promise<void> {
  if (simulatedPools.includes(provider)) return ensureSimulatedPool(context, provider);
  const tenant = tenantOf(context);
  const path = ['providers', String(index)];
  const { state } = await context.commands.recent(keyPool, provider);
  const { keys } = scopeOf(state, { tenant });
  if (keys.length === 0) throw new RefusedError({ code: 'E4041', rule: 'pool_unknown', message: 'There is no key for this provider.', path });
  if (keys.every(({ owner }) => owner === tenant)) return;
  throw new RefusedError({
    code: 'B2003', rule: 'pool_shared', message: 'Keys of others serve this pool too. A load test may only use keys of your own.', path,
  });
}
