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
  for (const [index, provider] of providers.entries()) await requirePool(context, provider, index);
  const loadTestId = derivedId(command, 'load test');
  const plan = {
    loadTestId, providers, bursts: bursts ?? DEFAULT_BURSTS, minHoldMs: minHoldMs ?? DEFAULT_MIN_HOLD_MS, maxHoldMs: maxHoldMs ?? DEFAULT_MAX_HOLD_MS,
    requestedBy: callerIdOf(context),
  };
  return context.commands.execute(loadTest, loadTestId, { type: 'RequestLoadTest', plan }, command, () => ({ loadTestId }));
}

/** @throws RefusedError E4041 rule `pool_unknown` when the pool has no key for the caller's tenant */
async function requirePool(context: Context, provider: string, index: number): Promise<void> {
  if (simulatedPools.includes(provider)) return ensureSimulatedPool(context, provider);
  const { state } = await context.commands.recent(keyPool, provider);
  if (scopeOf(state, { tenant: tenantOf(context) }).keys.length > 0) return;
  throw new RefusedError({ code: 'E4041', rule: 'pool_unknown', message: 'There is no key for this provider.', path: ['providers', String(index)] });
}
